import { Injectable } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LoginRequest } from './contract.js';

/**
 * Gives the answer of a login in the very request that ended it, as if the browser had followed the redirect that `LoginAnswerer.succeed` returned.
 * Whoever asks has made sure that the request comes from the browser that began the login.
 * @param correlation the protocol's own handle of the application's request
 */
export type AnswerInPlace = (correlation: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The protocols that can answer in place, which saves a round trip. They are built on login, and so offer it when everything is put together. */
@Injectable()
export class AnswersInPlace {
  private readonly offered = new Map<LoginRequest['protocol'], AnswerInPlace>();

  offer(protocol: LoginRequest['protocol'], answer: AnswerInPlace): void {
    this.offered.set(protocol, answer);
  }

  of({ protocol }: LoginRequest): AnswerInPlace | undefined {
    return this.offered.get(protocol);
  }
}
