import { applyDecorators, Injectable, SetMetadata, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiOAuth2 } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { FoyerError } from '@foyer/platform';
import { AdminAccess } from './admin-access.js';
import { callerOf, rememberCaller } from './caller.js';
import { covers, type AdminScope } from './scopes.js';

const scopeKey = 'foyer:scope';

/** Lets a request through to the admin API when its token grants the route's scope. Applied by {@link RequireScope}. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly access: AdminAccess,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const scope = this.reflector.getAllAndOverride<AdminScope | undefined>(scopeKey, [context.getHandler(), context.getClass()]);
    if (scope === undefined) throw new TypeError('AdminGuard stands on a route without @RequireScope()');
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    // A class and its handler may both say a scope: the guard stands there twice, and the handler's scope counts.
    const caller = callerOf(request) ?? (await this.authenticated(request, http.getResponse<Response>()));
    if (covers(caller.scopes, scope)) return true;
    challenge(http.getResponse<Response>(), `error="insufficient_scope", scope="${scope}"`);
    throw new FoyerError('forbidden', 'scope.missing', `This needs the scope ${scope}.`);
  }

  private async authenticated(request: Request, response: Response) {
    try {
      const caller = await this.access.authenticate(request);
      rememberCaller(request, caller);
      return caller;
    } catch (error) {
      if (error instanceof FoyerError && error.kind === 'unauthenticated') {
        challenge(response, error.code === 'token.missing' ? undefined : 'error="invalid_token"');
      }
      throw error;
    }
  }
}

/** RFC 6750 §3. */
function challenge(response: Response, parameters?: string): void {
  response.setHeader('WWW-Authenticate', `Bearer realm="Foyer"${parameters ? `, ${parameters}` : ''}`);
}

/** Says of a route, or of all routes of a controller, which scope a caller needs. */
export const RequireScope = (scope: AdminScope): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(scopeKey, scope), UseGuards(AdminGuard), ApiOAuth2([scope]));
