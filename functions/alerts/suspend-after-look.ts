import type { Act } from '../runtime/rules/change.ts';
import { describeError, logger } from '../runtime/telemetry.ts';
import { mayDemandSuspension } from './rules/suspension-policy.ts';
import { type SuspensionDependencies, suspendByPolicy } from './suspend-by-policy.ts';
import type { Look } from './take-a-look.ts';

/**
 * Suspends the key of what a look has opened or brought up to date, where the stage's policy demands it. The look is
 * written by then: where this fails, `deliver-alerts` does the same before it mails.
 * @returns whether nothing failed
 */
export async function suspendAfterLook(
  { steps }: Look,
  act: Act,
  dependencies: SuspensionDependencies,
): Promise<boolean> {
  let isWell = true;
  // One after the other: several can be about one key, and each writes it.
  for (const { alert } of steps) {
    if (!mayDemandSuspension(alert, dependencies.suspensionPolicy)) continue;
    const { alertId, keyId } = alert;
    await suspendByPolicy(alertId, act, dependencies).catch((error: unknown) => {
      isWell = false;
      logger.error('a key was not suspended yet', { alertId, keyId, ...describeError(error) });
    });
  }
  return isWell;
}
