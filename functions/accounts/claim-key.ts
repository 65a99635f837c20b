import { createHash, randomUUID } from 'node:crypto';
import { type ClaimRefusal, openClaim } from '../delivery/index.ts';
import type { HandoverBox, KeyStore } from '../keys/index.ts';
import type { TimerPolicy } from '../keys/rules/index.ts';
import type { DocumentClient } from '../runtime/dynamodb.ts';
import { ConflictError } from '../runtime/errors.ts';
import type { Act } from '../runtime/rules/change.ts';
import { ownKey } from './own-key.ts';

/**
 * Shows the secret that waits for the account's owner, as the link in the mail would, and once as that. The same
 * `Idempotency-Key` may read it again for ten minutes.
 * @throws NotFoundError; ConflictError where no secret waits
 */
export async function claimAccountKey(
  {
    subscriptionId,
    keyId,
    idempotencyKey = randomUUID(),
  }: {
    readonly subscriptionId: string;
    readonly keyId: string;
    readonly idempotencyKey?: string | undefined;
  },
  act: Act,
  dependencies: {
    readonly client: DocumentClient;
    readonly keys: KeyStore;
    readonly handovers: Pick<HandoverBox, 'open'>;
    readonly policy: TimerPolicy;
  },
) {
  const { handover } = await ownKey(keyId, subscriptionId, dependencies.keys);
  if (handover?.delivery === undefined) throw new ConflictError(nothingWaits(keyId));
  const { version, linkNo } = handover;
  // Never what a link's page could have sent: a nonce of one way says nothing on the other.
  const nonce = createHash('sha256').update(`${subscriptionId}\n${idempotencyKey}`).digest('hex');
  const outcome = await openClaim({ claim: { keyId, version, linkNo }, nonce }, act, dependencies);
  if ('opened' in outcome) return outcome.opened;
  throw new ConflictError(because(outcome.refused, keyId));
}

function because(refused: ClaimRefusal, keyId: string): string {
  switch (refused.kind) {
    case 'opened':
      return `the secret of key ${keyId} was claimed at ${refused.openedAt} and is shown once; use the key that you stored, or rotate this one to get another`;
    case 'expired':
      return `the secret of key ${keyId} was not claimed in time (${refused.expiredAt}); rotate the key to get another`;
    default:
      return nothingWaits(keyId);
  }
}

function nothingWaits(keyId: string): string {
  return `no secret of key ${keyId} waits for you; rotate the key to get another`;
}
