import { isRecognised, isSignedIn, type Choice, type Login } from './login.js';
import type { FlowRow, Step } from './step.js';

/** The steps of a login, one file each in `steps/`. */
export interface Steps {
  readonly chooseProvider: Step;
  readonly authenticateExternally: Step;
  readonly authenticateLocally: Step;
  readonly provision: Step;
  readonly release: Step;
  readonly openSession: Step;
  readonly answer: Step;
}

/**
 * The login, in order. The first row that is due is done; what it stores on the login decides which row is due next, and when none is the
 * login has ended. A request can begin at any row, so a login survives a restart between any two.
 */
// prettier-ignore
export const flow = (steps: Steps): readonly FlowRow[] => [
  { step: 'choose-provider',         due: (login) => !login.choice,                                    does: steps.chooseProvider,         stored: 'withNext' },
  { step: 'authenticate-externally', due: (login) => goes(login, 'external') && !isRecognised(login),  does: steps.authenticateExternally, stored: 'now' },
  { step: 'authenticate-locally',    due: (login) => goes(login, 'local')    && !login.authentication, does: steps.authenticateLocally,    stored: 'now' },
  { step: 'provision',               due: (login) => !login.authentication,                            does: steps.provision,              stored: 'withNext' },
  { step: 'release',                 due: (login) => needsRelease(login) && !login.released,           does: steps.release,                stored: 'withNext' },
  { step: 'open-session',            due: (login) => !login.sessionUntil && !isSignedIn(login),        does: steps.openSession,            stored: 'withNext' },
  { step: 'answer',                  due: (login) => !login.ending,                                    does: steps.answer,                 stored: 'now' },
];

const needsRelease = ({ request }: Login): boolean => request.release !== undefined;
const goes = (login: Login, way: Choice['kind']): boolean => login.choice?.kind === way;
