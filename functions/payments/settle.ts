import { UnavailableError } from '../runtime/errors.ts';
import type { Act } from '../runtime/rules/change.ts';
import { describeError, logger } from '../runtime/telemetry.ts';
import type { DueSubscription, DueSubscriptions } from '../subscriptions/index.ts';
import type { PaymentDependencies } from './dependencies.ts';
import { reconcile } from './reconcile.ts';

export interface SettlementReport {
  /** Subscriptions whose payments had to be looked at. */
  readonly due: number;
  /** Those that could not be dealt with; they are due still. */
  readonly failed: number;
  /** Seconds by which the most overdue one was late. */
  readonly oldestLagSeconds: number;
  /** Whether time ran out before all was done: the next sweep goes on. */
  readonly stoppedEarly: boolean;
}

/** Stripe takes 25 requests a second where there is no real money, and each look is a few. */
const atOnce = 4;

/**
 * Looks at the payments that are due: a reminder, the end of a payment that is missing, a message of Stripe's that may have
 * been lost. Running twice, twice at once or dying half-way changes nothing twice.
 * @param hasTime false when no more may be begun
 */
export async function settle(
  act: Act,
  hasTime: () => boolean,
  dependencies: PaymentDependencies & { readonly dueSubscriptions: DueSubscriptions },
): Promise<SettlementReport> {
  const gateway = await dependencies.stripe();
  const report = { due: 0, failed: 0, oldestLagSeconds: 0, stoppedEarly: false };

  async function take({ subscriptionId, dueAt }: DueSubscription): Promise<void> {
    try {
      const found = await dependencies.subscriptions.store.get(subscriptionId);
      // Due for another reason, such as what is left of a deleted account.
      if (found?.payment === undefined) return;
      report.due += 1;
      const lag = Math.floor((act.now.getTime() - Date.parse(dueAt)) / 1000);
      report.oldestLagSeconds = Math.max(report.oldestLagSeconds, lag);
      // Somebody has paid, and nobody can be asked about it: that is no rest, but a fault.
      if (gateway === undefined) throw new UnavailableError("Stripe's API key is not set");
      await reconcile({ subscriptionId }, act, { ...dependencies, gateway });
    } catch (error) {
      report.failed += 1;
      logger.error('a payment could not be settled', { subscriptionId, dueAt, ...describeError(error) });
    }
  }

  let batch: DueSubscription[] = [];
  const takeBatch = async () => {
    await Promise.all(batch.map(take));
    batch = [];
  };
  for await (const due of dependencies.dueSubscriptions.due(act.now)) {
    if (!hasTime()) {
      await takeBatch();
      return { ...report, stoppedEarly: true };
    }
    batch.push(due);
    if (batch.length === atOnce) await takeBatch();
  }
  await takeBatch();
  return report;
}
