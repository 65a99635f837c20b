import type { State } from '../state.ts';
import { randomText } from './ids.ts';

export interface StripeSecrets {
  /** `sk_test_...` */
  readonly secretKey: string;
  /** `whsec_...` */
  readonly webhookSecret: string;
}

/** The account's secrets: random, made once, the same after a restart. */
export function stripeSecrets(state: State): StripeSecrets {
  const map = state.map<StripeSecrets>('stripe-secrets');
  const found = map.get('secrets');
  if (found !== undefined) return found;
  const made = { secretKey: `sk_test_${randomText(99)}`, webhookSecret: `whsec_${randomText(32)}` };
  map.put('secrets', made);
  return made;
}
