import type * as z from 'zod';
import { type KeyStore, type OwnerActs, resumeKey, suspendKey } from '../keys/index.ts';
import { statusOf, type TimerPolicy } from '../keys/rules/index.ts';
import type { DocumentClient } from '../runtime/dynamodb.ts';
import type { Act } from '../runtime/rules/change.ts';
import type { keySuspension } from './answers.ts';
import { ownKey } from './own-key.ts';
import { suspensionsView } from './views.ts';

/**
 * Stops a key of the account's owner, or lets it go on: that lifts what the owner has suspended, and what was suspended
 * because something was unusual, in one change; every other cause stays.
 * @throws NotFoundError, ConflictError for a revoked key, LimitError for what is done too often
 */
export async function changeSuspension(
  {
    subscriptionId,
    keyId,
    suspended,
  }: { readonly subscriptionId: string; readonly keyId: string; readonly suspended: boolean },
  act: Act,
  dependencies: {
    readonly client: DocumentClient;
    readonly keys: KeyStore;
    readonly policy: TimerPolicy;
    readonly acts: OwnerActs;
  },
): Promise<z.infer<typeof keySuspension>> {
  const { keys } = dependencies;
  await ownKey(keyId, subscriptionId, keys);
  await (suspended
    ? suspendKey({ keyId, cause: 'owner' }, act, dependencies)
    : resumeKey({ keyId, cause: ['owner', 'anomaly'] }, act, dependencies));
  const key = await ownKey(keyId, subscriptionId, keys);
  return { keyId, status: statusOf(key), suspensions: suspensionsView(key) };
}
