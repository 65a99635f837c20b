import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import type { State } from '../../state.ts';
import type { PasswordHash } from '../password-hash.ts';

/** What somebody begins: an account, or a new password for one. */
export type Begun =
  | { readonly kind: 'sign-up'; readonly email: string; readonly password: PasswordHash }
  | { readonly kind: 'new-password'; readonly email: string };

/**
 * What was begun, and waits for its code. It belongs to one interaction, which only the browser that began it can go on
 * with: so a code that was mailed for what a stranger began opens nothing for anybody else.
 */
export type Flow = Begun & { readonly code: Code };

export interface Code {
  /** SHA-256 of interaction and code, in hex. */
  readonly hash: string;
  /** Milliseconds since the epoch, on the moved clock. */
  readonly expiresAt: number;
  readonly attemptsLeft: number;
}

export type CodeOutcome = 'right' | 'wrong' | 'expired' | 'used up';

export interface FlowStore {
  get<K extends Flow['kind']>(uid: string, kind: K): Extract<Flow, { kind: K }> | undefined;
  put(uid: string, flow: Flow): void;
  end(uid: string): void;
  /** Looks at a code, and counts the attempt. */
  check(uid: string, flow: Flow, code: string): CodeOutcome;
}

const hour = 3_600_000;
/** As Cognito's codes. */
const lifetimes = { 'sign-up': 24 * hour, 'new-password': hour } as const;
const attempts = 5;

export function openFlows(state: State): FlowStore {
  const flows = state.map<Flow>('flows');
  for (const [uid, { code }] of flows.entries()) if (code.expiresAt < Date.now()) flows.delete(uid);
  return {
    get(uid, kind) {
      const flow = flows.get(uid);
      return flow?.kind === kind ? (flow as Extract<Flow, { kind: typeof kind }>) : undefined;
    },
    put: (uid, flow) => flows.put(uid, flow),
    end: (uid) => flows.delete(uid),
    check(uid, flow, typed) {
      const { code } = flow;
      if (code.attemptsLeft < 1) return 'used up';
      if (code.expiresAt <= Date.now()) return 'expired';
      flows.put(uid, { ...flow, code: { ...code, attemptsLeft: code.attemptsLeft - 1 } });
      const right = timingSafeEqual(Buffer.from(hashOf(uid, typed), 'hex'), Buffer.from(code.hash, 'hex'));
      return right ? 'right' : 'wrong';
    },
  };
}

/** @returns the six digits, which are nowhere but in the mail, and what is kept of them */
export function newCode(uid: string, kind: Flow['kind']): { digits: string; code: Code } {
  const digits = String(randomInt(1_000_000)).padStart(6, '0');
  const code = {
    hash: hashOf(uid, digits),
    expiresAt: Date.now() + lifetimes[kind],
    attemptsLeft: attempts,
  };
  return { digits, code };
}

/** Mail programs and people put spaces into numbers. */
function hashOf(uid: string, digits: string): string {
  return createHash('sha256')
    .update(`${uid}\n${digits.replace(/\s/g, '')}`)
    .digest('hex');
}
