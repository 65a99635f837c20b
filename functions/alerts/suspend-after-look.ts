import type { Act } from '../runtime/rules/change.ts';
import { describeError, logger } from '../runtime/telemetry.ts';
import { mayDemandSuspension } from './rules/suspension-policy.ts';
import { type SuspensionDependencies, suspendByPolicy } from './suspend-by-policy.ts';
import type { Look } from './take-a-look.ts';

/**
 * Suspends the key of what a look has found, or found to go on, where the stage's policy demands it. What goes on is asked
 * about though its alert tells nothing new: it may be another secret's doing by now. The look is written by then: where this
 * fails, `deliver-alerts` does the same before it mails, for what was opened or became more severe; for what goes on, the next
 * look that sees it does.
 * @returns whether nothing failed
 */
export async function suspendAfterLook(
  { sightings }: Look,
  act: Act,
  dependencies: SuspensionDependencies,
): Promise<boolean> {
  let isWell = true;
  // One after the other: several can be about one key, and each writes it.
  for (const { alert, from } of sightings) {
    if (!mayDemandSuspension(alert, dependencies.suspensionPolicy)) continue;
    const { alertId, keyId } = alert;
    await suspendByPolicy(alertId, act, dependencies, from).catch((error: unknown) => {
      isWell = false;
      logger.error('a key was not suspended yet', { alertId, keyId, ...describeError(error) });
    });
  }
  return isWell;
}
