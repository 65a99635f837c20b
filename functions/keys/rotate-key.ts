import { commit, retryContended, type Write } from '../runtime/dynamodb.ts';
import { ConflictError, LimitError, NotFoundError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import type { KeyDependencies } from './dependencies.ts';
import { handoverOf } from './handover-of.ts';
import { mintSecret } from './mint-secret.ts';
import { repeatAnswer } from './repeat-answer.ts';
import type { KeyItem, SuspensionCause } from './rules/key-item.ts';
import { nextVersion, rotated, suspensionsWithout } from './rules/lifecycle.ts';
import { mayRotate, rotationsAnHour } from './rules/owner-limits.ts';
import type { RotationPolicy } from './rules/rotation-policy.ts';
import { fingerprintOf, scopeOf } from './stores/idempotency-store.ts';

export interface RotateKey {
  readonly keyId: string;
  /** Hours for which the old secret goes on working: 0..168. */
  readonly graceHours: number;
  /** Whether the owner is mailed the new key too, and not merely that there is one. */
  readonly deliver: boolean;
  readonly idempotencyKey?: string | undefined;
  readonly reason?: string | undefined;
  /** Causes of suspension that do not hinder it, and end with it. */
  readonly lifting?: readonly SuspensionCause[] | undefined;
  /** Causes of suspension that do not hinder it, and stay. Every cause that is in neither refuses it. */
  readonly despite?: readonly SuspensionCause[] | undefined;
  /** What else is written, or is not, with it. */
  readonly alongside?: Alongside | undefined;
}

export interface Alongside {
  /** What it is for: a request for something else is another request. */
  readonly purpose: string;
  /** Asked for anew on each try; what it throws, refuses the rotation. */
  readonly writes: () => Promise<readonly Write[]>;
}

export interface RotatedKey {
  readonly keyId: string;
  /** The whole new key: here and never again. */
  readonly apiKey: string;
  readonly version: number;
  /** When the old secret stops, or stopped: never later than it would have without this rotation. */
  readonly oldRetiresAt: string;
}

/**
 * Gives a key a new secret (R18). With grace 0 the very next request with the old one is refused: the authorizer reads
 * this item, strongly consistent, on each request.
 * @throws NotFoundError, ConflictError for a revoked or suspended key, LimitError for an owner's fifth time in an hour
 */
export async function rotateKey(
  request: RotateKey,
  act: Act,
  dependencies: KeyDependencies & { readonly policy: RotationPolicy },
): Promise<RotatedKey> {
  const { keyId, graceHours, deliver, idempotencyKey, reason, alongside } = request;
  const { client, keys, idempotency, policy } = dependencies;
  const isOwner = act.actor.kind === 'owner';
  const fingerprint = fingerprintOf(
    isOwner ? { keyId, graceHours, purpose: alongside?.purpose } : { keyId, graceHours, deliver, reason },
  );
  const scope =
    idempotencyKey === undefined ? undefined : { act: scopeOf('rotate-key', act), idempotencyKey };
  const cause = isOwner ? 'owner' : 'admin';

  /** The try before: refused, it may have been written all the same, where only its answer was lost. */
  let tried: { readonly hash: string; readonly answer: RotatedKey } | undefined;

  return retryContended(async () => {
    const repeated = scope && (await repeatAnswer<RotatedKey>(scope, fingerprint, act, dependencies));
    if (repeated !== undefined) return repeated;

    const found = await keys.get(keyId);
    // Rotating once more would end the secret in use for the sake of one that nobody has seen.
    if (tried !== undefined && found?.secrets.some(({ hash }) => hash === tried?.hash)) return tried.answer;
    const key = rotatable(found, request);
    if (isOwner && !mayRotate(key, act.now.toISOString())) {
      throw new LimitError(
        `key ${keyId} was rotated ${rotationsAnHour} times within the last hour, which is the most; rotate it again later`,
      );
    }
    const others = (await alongside?.writes()) ?? [];
    const { apiKey, secret, sealed } = await mintSecret(
      { prefix: key.prefix, keyId, version: nextVersion(key) },
      deliver || scope !== undefined,
      dependencies,
    );
    const change = changeOf('rotate-key', act, reason);
    const handover = handoverOf(
      sealed,
      { deliver, isRepeatable: scope !== undefined, cause, graceHours, revision: key.revision + 1 },
      change,
    );
    const added = { ...secret, ...(handover ? { handover } : {}) };
    const next = rotated(key, added, { graceHours }, change, policy);
    const answer = { keyId, version: next.version, oldRetiresAt: next.oldRetiresAt };
    tried = { hash: secret.hash, answer: { ...answer, apiKey } };
    const outcome = await commit(client, [
      keys.replacement(next.key),
      ...others,
      ...(scope === undefined
        ? []
        : [idempotency.creation(scope, { keyId, version: next.version, fingerprint, answer }, act.now)]),
    ]);
    return outcome.kind === 'written' ? { ...answer, apiKey } : undefined;
  }, 'nothing was written');
}

/** The key without the suspensions that are to end. */
function rotatable(
  found: KeyItem | undefined,
  { keyId, lifting = [], despite = [] }: Pick<RotateKey, 'keyId' | 'lifting' | 'despite'>,
): KeyItem {
  if (found === undefined) throw new NotFoundError(`there is no key ${keyId}`);
  const key = { ...found, suspensions: suspensionsWithout(found, lifting) };
  if (key.revokedAt !== undefined) {
    throw new ConflictError(
      `key ${keyId} was revoked at ${key.revokedAt}, which is final; generate a new one`,
    );
  }
  const hindering = Object.keys(suspensionsWithout(key, despite));
  if (hindering.length > 0) {
    const causes = hindering.join(', ');
    throw new ConflictError(
      `key ${keyId} is suspended (${causes}) and cannot be rotated until that is lifted`,
    );
  }
  return key;
}
