import type { PaymentState } from '../../subscriptions/rules/index.ts';
import type { ChargeFacts } from './payment-facts.ts';

export type Reversal = NonNullable<PaymentState['reversal']>;

/**
 * Whether the money of a dispute is with the bank, or stays there: not of one that was won or prevented, nor of an inquiry
 * (`warning_...`), which takes none. What Stripe may call otherwise one day counts as taken.
 */
function takesMoney(status: string): boolean {
  return status !== 'won' && status !== 'prevented' && !status.startsWith('warning_');
}

/** When a charge was taken back as a whole, and how. A part that was given back leaves it good. */
function takenBack({ refundedAt, disputes }: ChargeFacts): Reversal | undefined {
  const disputed = disputes.filter(({ status }) => takesMoney(status)).map(({ createdAt }) => createdAt);
  const reversals: Reversal[] = [
    ...(refundedAt === undefined ? [] : [{ kind: 'refund' as const, at: refundedAt }]),
    ...disputed.map((at) => ({ kind: 'dispute' as const, at })),
  ];
  return reversals.toSorted(byTime)[0];
}

/**
 * The first payment that was taken back and that none was made after. Invariant: a charge that is good lifts what was taken
 * back before it was made, and nothing else does but Stripe's word that the money is there after all.
 */
export function reversalOf(charges: readonly ChargeFacts[]): Reversal | undefined {
  const reversals = charges.map(takenBack);
  const lastGood = charges
    .filter((_, index) => reversals[index] === undefined)
    .map(({ createdAt }) => createdAt)
    .toSorted()
    .at(-1);
  return reversals
    .filter((reversal) => reversal !== undefined)
    .filter(({ at }) => lastGood === undefined || at >= lastGood)
    .toSorted(byTime)[0];
}

function byTime(a: Reversal, b: Reversal): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.kind < b.kind ? -1 : Number(a.kind > b.kind);
}
