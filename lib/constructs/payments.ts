import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  paymentOfferEnvironment,
  stripeEnvironment,
  stripeWebhookEnvironment,
} from '../../functions/payments/contract.ts';
import { productEnvironment } from '../../functions/runtime/contract.ts';
import { metricNames } from '../../functions/runtime/metric-names.ts';
import type { Config } from '../config.ts';
import { accountFunctionsIn } from './account-functions.ts';
import type { Alarms } from './alarms.ts';
import type { Dashboard } from './dashboard.ts';
import type { Encryption } from './encryption.ts';
import type { Keys } from './keys.ts';
import { functionsIn, type LatchkeyFunction, type MakeFunction } from './latchkey-function.ts';
import { productOf } from './product.ts';
import { serviceAlarm } from './service-alarm.ts';
import { dataRemoval } from './stage-settings.ts';
import type { Subscriptions } from './subscriptions.ts';
import { sweepMissingAlarm } from './sweep-missing-alarm.ts';

export interface PaymentsProps {
  readonly config: Config;
  readonly encryption: Encryption;
  readonly alarms: Alarms;
  readonly keys: Keys;
  readonly subscriptions: Subscriptions;
  readonly dashboard: Pick<Dashboard, 'origin'>;
}

/**
 * Tiers and payment by Stripe. Its secrets begin with random values, which an operator replaces: until then paid tiers are
 * unavailable, and everything else works.
 */
export class Payments extends Construct {
  readonly apiKey: Secret;
  readonly webhookSecret: Secret;
  /** `PUT /account/tier` */
  readonly chooseTier: LatchkeyFunction;
  /** `POST /account/portal` */
  readonly openPortal: LatchkeyFunction;
  /** `POST /webhooks/stripe` */
  readonly receive: LatchkeyFunction;
  /** `approve-request`, `decline-request` */
  readonly acts: readonly LatchkeyFunction[];
  /** `list-requests` */
  readonly reads: readonly LatchkeyFunction[];
  readonly #make: MakeFunction;
  readonly #makeOfAccount: MakeFunction;
  readonly #props: PaymentsProps;

  constructor(scope: Construct, id: string, props: PaymentsProps) {
    super(scope, id);
    this.#props = props;
    this.#make = functionsIn(this, props.config);
    this.#makeOfAccount = accountFunctionsIn(this, props.config, props.dashboard);
    this.apiKey = this.#addSecret(
      'StripeApiKey',
      'StripeApiKeySecret',
      'Stripe’s secret or restricted key (sk_..., rk_...), set by an operator',
    );
    this.webhookSecret = this.#addSecret(
      'StripeWebhookSecret',
      'StripeWebhookSecret',
      'What Stripe signs webhooks with (whsec_...), set by an operator',
    );
    this.chooseTier = this.#addChooseTier();
    this.openPortal = this.#addOpenPortal();
    this.receive = this.#addReceive();
    this.#addSettle();
    this.#addCheck();
    this.acts = [this.#addApprove(), this.#addDecline()];
    this.reads = [this.#addList()];
  }

  /** Deleting a customer, when an account goes. */
  grantErasure(fn: LatchkeyFunction): void {
    this.#grantStripe(fn);
  }

  #addChooseTier(): LatchkeyFunction {
    const { config } = this.#props;
    // Waits for Stripe and, once in a tier's life, for API Gateway.
    const choose = this.#makeOfAccount(
      'ChooseTier',
      'choose-tier',
      'PUT /account/tier: free, paid, or asked for',
      {
        timeout: Duration.seconds(29),
      },
    );
    this.#grantFollow(choose);
    this.#grantWebhookSecret(choose);
    choose.addEnvironments(paymentOfferEnvironment, { PRODUCT_NAME: config.product.name });
    this.#addUnavailableAlarm(choose);
    return choose;
  }

  #addOpenPortal(): LatchkeyFunction {
    const open = this.#makeOfAccount(
      'OpenPortal',
      'open-portal',
      'POST /account/portal: Stripe’s page about an owner’s payments',
      { timeout: Duration.seconds(29) },
    );
    this.#props.subscriptions.grantRead(open);
    this.#grantStripe(open);
    this.#grantWebhookSecret(open);
    this.#addUnavailableAlarm(open);
    return open;
  }

  #addReceive(): LatchkeyFunction {
    const { config, alarms } = this.#props;
    const receive = this.#make(
      'ReceivePaymentEvent',
      'receive-payment-event',
      'POST /webhooks/stripe: asks Stripe what there is new, and follows',
      { timeout: Duration.seconds(29) },
    );
    this.#grantFollow(receive);
    this.#grantWebhookSecret(receive);
    receive.addEnvironments(productEnvironment, productOf(config));
    alarms.add(
      serviceAlarm(this, 'PaymentEventsFail', {
        config,
        service: 'receive-payment-event',
        metricName: metricNames.paymentEventsFailed,
        threshold: 5,
        description: 'Messages of Stripe’s cannot be dealt with. docs/runbook.md#payments-fail-or-lag',
      }),
    );
    alarms.add(
      serviceAlarm(this, 'PaymentsNotAsAgreed', {
        config,
        service: 'receive-payment-event',
        metricName: metricNames.paymentsNotAsAgreed,
        threshold: 1,
        description:
          'Somebody pays another price at Stripe than was agreed. docs/runbook.md#payments-fail-or-lag',
      }),
    );
    alarms.add(
      serviceAlarm(this, 'PaymentEventsRefused', {
        config,
        service: 'receive-payment-event',
        metricName: metricNames.paymentEventsRefused,
        threshold: 1,
        description:
          'A message with a signature of Stripe’s did not pass: a wrong secret, or a forgery. docs/runbook.md#payments-fail-or-lag',
      }),
    );
    return receive;
  }

  #addSettle(): void {
    const { config, alarms, subscriptions } = this.#props;
    const settle = this.#make(
      'SettlePayments',
      'settle-payments',
      'Hourly: payments that are missing, and messages that were lost',
      { timeout: Duration.minutes(15) },
    );
    this.#grantFollow(settle);
    subscriptions.grantDue(settle);
    new Rule(this, 'Hourly', {
      description: 'Looks at the payments that are due',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(settle as IFunction)],
    });
    alarms.add(
      serviceAlarm(this, 'PaymentsFail', {
        config,
        service: 'settle-payments',
        metricName: metricNames.paymentsFailed,
        threshold: 1,
        description: 'A payment could not be looked at. docs/runbook.md#payments-fail-or-lag',
      }),
    );
    alarms.add(
      serviceAlarm(this, 'PaymentsLag', {
        config,
        service: 'settle-payments',
        metricName: metricNames.paymentsLag,
        threshold: Duration.hours(3).toSeconds(),
        statistic: 'Maximum',
        description: 'A payment was due three hours ago or more. docs/runbook.md#payments-fail-or-lag',
      }),
    );
    alarms.add(
      sweepMissingAlarm(
        this,
        'SweepMissing',
        settle,
        'No sweep of payments came to its end for three hours. docs/runbook.md#payments-fail-or-lag',
      ),
    );
  }

  /** Whoever only tells what can be chosen reads what it finds, and neither secret. */
  #addCheck(): void {
    const { config, alarms, subscriptions } = this.#props;
    const check = this.#make('CheckPayments', 'check-payments', 'Every minute: whether Stripe is connected');
    subscriptions.grantAvailability(check);
    this.#grantStripe(check);
    this.#grantWebhookSecret(check);
    new Rule(this, 'EveryMinute', {
      description: 'Looks whether Stripe is connected',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(check as IFunction)],
    });
    alarms.add(
      serviceAlarm(this, 'PaymentsHalfConnected', {
        config,
        service: 'check-payments',
        metricName: metricNames.paymentsHalfConnected,
        // Whoever connects Stripe sets one secret after the other.
        threshold: 4,
        description: 'One of Stripe’s two secrets is missing. docs/runbook.md#payments-fail-or-lag',
      }),
    );
    alarms.add(
      sweepMissingAlarm(
        this,
        'CheckSweepMissing',
        check,
        'For three hours nobody could look whether Stripe is connected. docs/runbook.md#payments-fail-or-lag',
      ),
    );
  }

  #addApprove(): LatchkeyFunction {
    const approve = this.#make(
      'ApproveRequest',
      'approve-request',
      'Gives an owner the tier that was asked for',
      { timeout: Duration.seconds(60) },
    );
    this.#grantFollow(approve);
    return approve;
  }

  #addDecline(): LatchkeyFunction {
    const decline = this.#make(
      'DeclineRequest',
      'decline-request',
      'Declines a request for a tier, and says why',
    );
    this.#props.subscriptions.grantWrite(decline);
    return decline;
  }

  #addList(): LatchkeyFunction {
    const { subscriptions } = this.#props;
    const list = this.#make('ListRequests', 'list-requests', 'Lists the requests for a tier that are open');
    subscriptions.grantRead(list);
    subscriptions.grantRequests(list);
    return list;
  }

  /** Where people wait for Stripe, there is no message that comes again. */
  #addUnavailableAlarm({ node, service }: LatchkeyFunction): void {
    const { config, alarms } = this.#props;
    alarms.add(
      serviceAlarm(this, `StripeUnavailableFor${node.id}`, {
        config,
        service,
        metricName: metricNames.stripeUnavailable,
        threshold: 3,
        description: 'People who want to pay get 503. docs/runbook.md#payments-fail-or-lag',
      }),
    );
  }

  /** Asking Stripe, and making a subscription and its keys what it says. */
  #grantFollow(fn: LatchkeyFunction): void {
    const { keys, subscriptions } = this.#props;
    keys.grantWriteTimed(fn);
    subscriptions.grantPlan(fn);
    subscriptions.grantUsageKeys(fn);
    this.#grantStripe(fn);
  }

  #grantStripe(fn: LatchkeyFunction): void {
    this.#grantSecret(fn, this.apiKey);
    fn.addEnvironments(stripeEnvironment, {
      STRIPE_API_URL: 'https://api.stripe.com',
      STRIPE_API_KEY_SECRET_ARN: this.apiKey.secretArn,
      STRIPE_TEST_MODE: this.#props.config.payments.testMode ? 'allowed' : 'refused',
    });
  }

  #grantWebhookSecret(fn: LatchkeyFunction): void {
    this.#grantSecret(fn, this.webhookSecret);
    fn.addEnvironments(stripeWebhookEnvironment, { STRIPE_WEBHOOK_SECRET_ARN: this.webhookSecret.secretArn });
  }

  #grantSecret(fn: LatchkeyFunction, secret: Secret): void {
    fn.allow(['secretsmanager:GetSecretValue'], [secret.secretArn]);
    this.#props.encryption.grantThrough(fn, 'secretsmanager', 'read');
  }

  /** @param output tells the operator where it lies */
  #addSecret(id: string, output: string, description: string): Secret {
    const { config, encryption } = this.#props;
    const secret = new Secret(this, id, {
      description,
      encryptionKey: encryption.dataKey,
      // No value of Stripe's looks like it: without punctuation there is no `sk_`.
      generateSecretString: { passwordLength: 32, excludePunctuation: true, includeSpace: false },
      removalPolicy: dataRemoval(config),
    });
    new CfnOutput(Stack.of(this), output, { value: secret.secretArn, description });
    return secret;
  }
}
