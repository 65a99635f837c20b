import { ConflictError } from '../runtime/errors.ts';
import type { Act } from '../runtime/rules/change.ts';
import { logger } from '../runtime/telemetry.ts';
import type { HandoverBox } from './stores/handover-box.ts';
import type { IdempotencyScope, IdempotencyStore } from './stores/idempotency-store.ts';
import type { KeyStore } from './stores/key-store.ts';

/**
 * The answer that an `idempotencyKey` has led to within the last 10 minutes, or undefined where it is new. The API key
 * is read back from the pending handover; no plaintext is stored anywhere.
 * @throws ConflictError where the key was used for another request, or where its secret has been replaced since
 */
export async function repeatAnswer<Answer extends { apiKey: string }>(
  scope: IdempotencyScope,
  fingerprint: string,
  act: Act,
  { idempotency, keys, handovers }: { idempotency: IdempotencyStore; keys: KeyStore; handovers: HandoverBox },
): Promise<Answer | undefined> {
  const record = await idempotency.find(scope, act.now);
  if (record === undefined) return undefined;
  if (record.fingerprint !== fingerprint) {
    throw new ConflictError(
      `${repeatedBy(act)}: was used for another request within the last 10 minutes; use a new one for a new request`,
    );
  }
  const { keyId, version } = record;
  const handover = (await keys.get(keyId))?.handover;
  if (handover?.version !== version || handover.ciphertext === undefined) {
    throw new ConflictError(
      `the secret that this request made (key ${keyId}, version ${version}) has been replaced or revoked since; rotate the key with a new ${repeatedBy(act)} to get another`,
    );
  }
  // The record of the act names its first request only; the log tells who has seen the key again.
  logger.info('answered again', { act: scope.act, keyId, version, by: act.actor.id });
  const apiKey = await handovers.open(handover.ciphertext, { keyId, version });
  return { ...record.answer, apiKey } as unknown as Answer;
}

/** What whoever asks calls it: a field of a payload, or a header. */
function repeatedBy({ actor }: Act): string {
  return actor.kind === 'owner' ? 'Idempotency-Key' : 'idempotencyKey';
}
