import type { State } from '../../state.ts';

/** A page refuses for the moment. */
export class TooManyError extends Error {
  override readonly name = 'TooManyError';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('Too many attempts');
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

const second = 1000;
const hour = 3600 * second;
const failuresUntilLocked = 5;
const longestLock = 900 * second;
const mailsAnHour = 10;

interface Failures {
  readonly count: number;
  readonly lockedUntil: number;
  readonly at: number;
}

export interface Throttle {
  /**
   * Counts an attempt at somebody's password before it is looked at, so that many at once are counted too. As Cognito has
   * it: after five failures in a row the next must wait a second, then two, four, up to 15 minutes.
   * @throws TooManyError
   */
  attempt(who: string): void;
  /** The attempt was no failure. */
  succeed(who: string): void;
  /** Counts a mail to an address: ten an hour. @throws TooManyError */
  mail(who: string): void;
}

/** Who may try how often, by normalised address, whether anybody has it or not; on the moved clock. */
export function createThrottle(state: State): Throttle {
  const failures = state.map<Failures>('failures');
  const mails = state.map<readonly number[]>('mails');
  return {
    attempt(who) {
      const now = Date.now();
      const kept = failures.get(who);
      const past = kept === undefined || now - kept.at > longestLock ? undefined : kept;
      if (past !== undefined && past.lockedUntil > now) throw tooMany(past.lockedUntil - now);
      const count = (past?.count ?? 0) + 1;
      const lock =
        count < failuresUntilLocked ? 0 : Math.min(second * 2 ** (count - failuresUntilLocked), longestLock);
      failures.put(who, { count, lockedUntil: now + lock, at: now });
    },
    succeed: (who) => failures.delete(who),
    mail(who) {
      const now = Date.now();
      const recent = (mails.get(who) ?? []).filter((at) => at > now - hour);
      const [first] = recent;
      if (first !== undefined && recent.length >= mailsAnHour) throw tooMany(first + hour - now);
      mails.put(who, [...recent, now]);
    },
  };
}

function tooMany(milliseconds: number): TooManyError {
  return new TooManyError(Math.ceil(milliseconds / second));
}
