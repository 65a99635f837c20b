/**
 * What the gateway and the API Gateway control plane know together about usage keys: the control plane keeps the keys
 * and their plans, the gateway keeps the counts.
 */
export interface UsageKey {
  readonly id: string;
  readonly value: string;
  readonly name: string;
  readonly enabled: boolean;
}

/** Kept by the control plane (`CreateApiKey`, `CreateUsagePlanKey`, ...), read by the gateway on each request. */
export interface UsageKeyRegistry {
  findByValue(value: string): UsageKey | undefined;
  /** Ids of the usage plans that the key is attached to. */
  plansOf(keyId: string): readonly string[];
}

/** Kept by the gateway, read by the control plane for `GetUsage`. */
export interface UsageLedger {
  /** Requests that a plan admitted for a key, by UTC day (`2026-11-23`). Days without any are absent. */
  daily(planId: string, keyId: string): Readonly<Record<string, number>>;
}
