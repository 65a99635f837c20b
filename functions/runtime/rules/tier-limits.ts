/** A tier's limits as the stage has them (`TIER_LIMITS`). */
export interface TierLimitsOfStage {
  readonly requestsPerMonth: number;
  readonly ratePerSecond: number;
  readonly burst: number;
}

/**
 * The limits of a tier. Throws for a tier that the stage does not know: an item that names one must not be told of, or
 * measured, as if it had no requests at all.
 */
export function limitsOf(
  limits: Readonly<Record<string, TierLimitsOfStage>>,
  tier: string,
): TierLimitsOfStage {
  const found = limits[tier];
  if (found === undefined) throw new Error(`tier ${tier} is unknown in this stage`);
  return found;
}
