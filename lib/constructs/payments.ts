import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { stripeEnvironment, stripeWebhookEnvironment } from '../../functions/payments/contract.ts';
import type { Config } from '../config.ts';
import type { Encryption } from './encryption.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';
import { dataRemoval } from './stage-settings.ts';

export interface PaymentsProps {
  readonly config: Config;
  readonly encryption: Encryption;
}

/** Payment by Stripe. Its secrets begin with random values, which an operator replaces: until then paid tiers are unavailable. */
export class Payments extends Construct {
  readonly apiKey: Secret;
  readonly webhookSecret: Secret;
  readonly #encryption: Encryption;

  constructor(scope: Construct, id: string, { config, encryption }: PaymentsProps) {
    super(scope, id);
    this.#encryption = encryption;
    const secret = (name: string, description: string) =>
      new Secret(this, name, {
        description,
        encryptionKey: encryption.dataKey,
        generateSecretString: { passwordLength: 32, excludePunctuation: true, includeSpace: false },
        removalPolicy: dataRemoval(config),
      });
    this.apiKey = secret(
      'StripeApiKey',
      'Stripe’s secret or restricted key (sk_..., rk_...), set by an operator',
    );
    this.webhookSecret = secret(
      'StripeWebhookSecret',
      'What Stripe signs webhooks with (whsec_...), set by an operator',
    );
  }

  /** Telling whether paid tiers can be chosen. */
  grantAvailability(fn: LatchkeyFunction): void {
    this.#grantSecret(fn, this.webhookSecret);
    fn.addEnvironments(stripeWebhookEnvironment, { STRIPE_WEBHOOK_SECRET_ARN: this.webhookSecret.secretArn });
  }

  /** Deleting a customer, when an account goes. */
  grantErasure(fn: LatchkeyFunction): void {
    this.#grantStripe(fn);
  }

  #grantStripe(fn: LatchkeyFunction): void {
    this.#grantSecret(fn, this.apiKey);
    fn.addEnvironments(stripeEnvironment, {
      STRIPE_API_URL: 'https://api.stripe.com',
      STRIPE_API_KEY_SECRET_ARN: this.apiKey.secretArn,
    });
  }

  #grantSecret(fn: LatchkeyFunction, secret: Secret): void {
    fn.allow(['secretsmanager:GetSecretValue'], [secret.secretArn]);
    this.#encryption.grantThrough(fn, 'secretsmanager', 'read');
  }
}
