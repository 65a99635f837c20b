import { logger } from '../runtime/telemetry.ts';
import type { AvailabilityStore } from './stores/availability-store.ts';
import type { OperatorSecret } from './stores/stripe-secrets.ts';

export interface ConnectionReport {
  /** Whether tiers that cost money can be chosen. */
  readonly isAvailable: boolean;
  /** What is not set, or not as Stripe gives it; one alone is a mistake of the operator's, both are a choice. */
  readonly missing: readonly ('api-key' | 'webhook-secret')[];
}

/**
 * Whether Stripe is connected: both of its secrets are set. Where that has changed, it is written down for whoever tells what
 * can be chosen. Running it twice, or twice at once, changes nothing more.
 */
export async function checkPayments(
  now: Date,
  {
    apiKey,
    webhookSecret,
    availability,
  }: {
    readonly apiKey: OperatorSecret;
    readonly webhookSecret: OperatorSecret;
    readonly availability: AvailabilityStore;
  },
): Promise<ConnectionReport> {
  const [key, secret, wasAvailable] = await Promise.all([apiKey(), webhookSecret(), availability.get()]);
  const isAvailable = key !== undefined && secret !== undefined;
  if (isAvailable !== wasAvailable) {
    await availability.put(isAvailable, now);
    logger.info('changed', { isAvailable });
  }
  return {
    isAvailable,
    missing: [
      ...(key === undefined ? (['api-key'] as const) : []),
      ...(secret === undefined ? (['webhook-secret'] as const) : []),
    ],
  };
}
