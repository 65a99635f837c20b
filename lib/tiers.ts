/**
 * The tier table: the one place that says what a tier gives and costs. Infrastructure, functions, e-mail and dashboard
 * all read it, so it imports nothing.
 */
export const tierNames = ['free', 'pro', 'enterprise'] as const;
export type TierName = (typeof tierNames)[number];

/** What a tier allows: the part that the request path needs, and that a stage may override for a load test. */
export interface TierLimits {
  /** Requests per calendar month in UTC, for the whole subscription. */
  readonly requestsPerMonth: number;
  /** Sustained requests per second: the refill rate of the usage plan's token bucket. */
  readonly ratePerSecond: number;
  /** Size of that token bucket: requests that may come at once. */
  readonly burst: number;
}

export interface Tier extends TierLimits {
  /** What a month costs in US dollars; absent where a contract says. */
  readonly pricePerMonth?: number;
  /** How the tier is obtained: at once, by card through Stripe Checkout, or by an admin's approval. */
  readonly payment: 'none' | 'checkout' | 'approval';
}

export const tiers: Readonly<Record<TierName, Tier>> = {
  free: { requestsPerMonth: 100, ratePerSecond: 2, burst: 5, pricePerMonth: 0, payment: 'none' },
  pro: { requestsPerMonth: 10_000, ratePerSecond: 20, burst: 40, pricePerMonth: 49, payment: 'checkout' },
  enterprise: { requestsPerMonth: 1_000_000, ratePerSecond: 200, burst: 400, payment: 'approval' },
};
