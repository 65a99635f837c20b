import type { RefusalStatus, Sight, Signal } from '../signal.ts';
import type { Draft } from './model.ts';

/**
 * Whether what was seen last shows it, and not only what came before: an incident lasts for some hours after the last
 * request of its kind.
 */
export function isShownBy(sight: Sight, model: Draft, { kind, of }: Pick<Signal, 'kind' | 'of'>): boolean {
  switch (kind) {
    case 'surge':
      return model.surge?.calm === 0;
    case 'refusals':
      return model.refusals[of as RefusalStatus]?.burst?.calm === 0;
    // One that is not wanted is new again each time.
    case 'new-network':
      return model.networks?.fresh.some(({ at, names }) => at === sight.from && names[0] === of) === true;
    // That a key woke up does not go on: who gave it a new secret and uses that is awake. The others are no matter of a secret.
    default:
      return false;
  }
}
