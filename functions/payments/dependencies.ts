import type { KeyStore } from '../keys/index.ts';
import type { TimerPolicy } from '../keys/rules/index.ts';
import type { DocumentClient } from '../runtime/dynamodb.ts';
import type { Subscriptions } from '../subscriptions/index.ts';
import type { PaymentGateway } from './gateways/payment-gateway.ts';
import type { PaymentStore } from './stores/payment-store.ts';

/** What everything works with that follows what Stripe says. */
export interface PaymentDependencies {
  readonly client: DocumentClient;
  readonly keys: Pick<KeyStore, 'get' | 'replacement'>;
  readonly policy: TimerPolicy;
  readonly subscriptions: Subscriptions;
  readonly payments: PaymentStore;
  /** Stripe, or undefined where payment is not set up. */
  readonly stripe: () => Promise<PaymentGateway | undefined>;
}
