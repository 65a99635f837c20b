import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { ConflictError, NotFoundError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import type { KeyItem, SuspensionCause } from './rules/key-item.ts';
import { type KeyStatus, statusOf } from './rules/key-view.ts';
import { resumed, suspended } from './rules/lifecycle.ts';
import type { TimerPolicy } from './rules/timer.ts';
import type { KeyStore } from './stores/key-store.ts';
import { assertNotTooMany, type OwnerActs } from './stores/owner-acts.ts';

export interface Suspend {
  readonly keyId: string;
  readonly cause: SuspensionCause;
  readonly reason?: string | undefined;
}

/** With several causes, in one change. */
export interface Resume {
  readonly keyId: string;
  readonly cause: SuspensionCause | readonly SuspensionCause[];
  readonly reason?: string | undefined;
}

interface Dependencies {
  readonly client: DocumentClient;
  readonly keys: KeyStore;
  readonly policy: TimerPolicy;
  /** Counts the act where an owner does it, who may do so only so often. */
  readonly acts?: OwnerActs;
}

/**
 * Suspends a key for one cause: the very next request with it is refused. Repeating it changes nothing.
 * @throws NotFoundError, ConflictError for a revoked key, LimitError for an owner's 61st act in an hour
 */
export function suspendKey(request: Suspend, act: Act, dependencies: Dependencies) {
  const change = changeOf('suspend-key', act, request.reason);
  const decide = (key: KeyItem) => suspended(key, request.cause, change, dependencies.policy);
  return changeUnlessRevoked(request, decide, act, dependencies);
}

/**
 * Lifts what it names of the causes of suspension and no other: the answer's `status` is still `suspended` where another remains.
 * @throws NotFoundError, ConflictError for a revoked key, LimitError for an owner's 61st act in an hour
 */
export function resumeKey(request: Resume, act: Act, dependencies: Dependencies) {
  const change = changeOf('resume-key', act, request.reason);
  const decide = (key: KeyItem) => resumed(key, request.cause, change, dependencies.policy);
  return changeUnlessRevoked(request, decide, act, dependencies);
}

function changeUnlessRevoked(
  { keyId }: Pick<Suspend, 'keyId'>,
  decide: (key: KeyItem) => KeyItem | undefined,
  { now }: Act,
  { client, keys, acts }: Dependencies,
): Promise<{ keyId: string; status: KeyStatus }> {
  return retryContended(async () => {
    const key = await keys.get(keyId);
    if (key === undefined) throw new NotFoundError(`there is no key ${keyId}`);
    if (key.revokedAt !== undefined) {
      throw new ConflictError(`key ${keyId} was revoked at ${key.revokedAt}, which is final`);
    }
    const next = decide(key);
    if (next === undefined) return { keyId, status: statusOf(key) };
    const counted = acts === undefined ? [] : [acts.counted(key.subscriptionId, now)];
    const outcome = await commit(client, [keys.replacement(next), ...counted]);
    assertNotTooMany(outcome);
    return outcome.kind === 'written' ? { keyId, status: statusOf(next) } : undefined;
  }, 'nothing was written');
}
