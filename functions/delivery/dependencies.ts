import type { HandoverBox, KeyStore, PepperStore } from '../keys/index.ts';
import type { RotationPolicy } from '../keys/rules/index.ts';
import type { DocumentClient } from '../runtime/dynamodb.ts';
import type { TierLimitsOfStage } from '../runtime/rules/tier-limits.ts';
import type { SubscriptionStore } from '../subscriptions/index.ts';
import type { UsageStore } from '../usage/index.ts';
import type { AdminAlerts } from './gateways/admin-alerts.ts';
import type { Mailer } from './gateways/mailer.ts';
import type { MailProduct } from './rules/owner-mail.ts';
import type { ClaimSecret } from './stores/claim-secret.ts';

/** What sending mail works with. */
export interface DeliveryDependencies {
  readonly client: DocumentClient;
  readonly keys: KeyStore;
  readonly subscriptions: Pick<SubscriptionStore, 'get'>;
  readonly usage: Pick<UsageStore, 'lastUse'>;
  readonly handovers: Pick<HandoverBox, 'open'>;
  readonly mailer: Mailer;
  readonly alerts: AdminAlerts;
  readonly claimSecret: ClaimSecret;
  /** Where links lead, without a `#`. */
  readonly claimPageUrl: string;
  readonly product: MailProduct;
  readonly policy: RotationPolicy;
  readonly limits: Readonly<Record<string, TierLimitsOfStage>>;
}

/** What replacing a secret works with. */
export interface ReplacementDependencies {
  readonly client: DocumentClient;
  readonly keys: KeyStore;
  readonly peppers: PepperStore;
  readonly handovers: HandoverBox;
  readonly policy: RotationPolicy;
}
