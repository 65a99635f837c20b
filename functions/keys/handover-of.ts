import type { Change } from '../runtime/rules/change.ts';
import { newHandover, repeatOnlyHandover, type SealedSecret } from './rules/handover.ts';
import type { Handover, HandoverOrigin } from './rules/key-item.ts';
import { later } from './rules/time.ts';
import { idempotencyWindowSeconds } from './stores/idempotency-store.ts';

/** The handover of a secret whose asker has it from the answer. */
export function handoverOf(
  sealed: SealedSecret | undefined,
  {
    deliver,
    isRepeatable,
    cause,
    graceHours,
    revision,
  }: {
    readonly deliver: boolean;
    readonly isRepeatable: boolean;
    readonly cause: HandoverOrigin['cause'];
    readonly graceHours: number;
    /** Of the item that the handover is going to stand on. */
    readonly revision: number;
  },
  { at, actor, reason }: Change,
): Handover | undefined {
  if (sealed === undefined) return undefined;
  const repeatableUntil = later(at, idempotencyWindowSeconds * 1000);
  if (!deliver) return repeatOnlyHandover({ ...sealed, repeatableUntil });
  const origin: HandoverOrigin = {
    cause,
    at,
    ...(actor.kind === 'admin' ? { by: actor.id } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
  const secret = { ...sealed, answered: true, ...(isRepeatable ? { repeatableUntil } : {}) };
  return newHandover(secret, origin, graceHours, revision);
}
