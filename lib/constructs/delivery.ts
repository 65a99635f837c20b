import { Duration } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { claimEnvironment, claimPageEnvironment } from '../../functions/delivery/contract.ts';
import { productEnvironment, tierLimitsEnvironment } from '../../functions/runtime/contract.ts';
import { metricNames } from '../../functions/runtime/metric-names.ts';
import type { Config } from '../config.ts';
import type { FunctionName } from '../function-entries.ts';
import type { AdminAlerts } from './admin-alerts.ts';
import type { Alarms } from './alarms.ts';
import type { Dashboard } from './dashboard.ts';
import type { Encryption } from './encryption.ts';
import type { Keys } from './keys.ts';
import { lagAlarm } from './lag-alarm.ts';
import { functionsIn, type LatchkeyFunction, type MakeFunction } from './latchkey-function.ts';
import type { Mail } from './mail.ts';
import { productOf } from './product.ts';
import { serviceAlarm } from './service-alarm.ts';
import { dataRemoval } from './stage-settings.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { Usage } from './usage.ts';

export interface DeliveryProps {
  readonly config: Config;
  readonly encryption: Encryption;
  readonly alarms: Alarms;
  readonly keys: Keys;
  readonly subscriptions: Subscriptions;
  readonly usage: Usage;
  readonly mail: Mail;
  readonly adminAlerts: AdminAlerts;
  /** Where claim links lead. */
  readonly dashboard: Pick<Dashboard, 'origin'>;
}

/** How a new secret reaches its owner and nobody else: mails, claim links, and what comes back of both. */
export class Delivery extends Construct {
  /** `POST /claims` */
  readonly open: LatchkeyFunction;
  /** `POST /claims/stored` */
  readonly store: LatchkeyFunction;
  /** `POST /claims/renew` */
  readonly renew: LatchkeyFunction;
  /** `POST /claims/dispute` */
  readonly dispute: LatchkeyFunction;
  readonly #make: MakeFunction;
  readonly #props: DeliveryProps;
  readonly #claimSecret: Secret;

  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id);
    this.#props = props;
    this.#make = functionsIn(this, props.config);
    const { config, encryption } = props;
    this.#claimSecret = new Secret(this, 'ClaimSecret', {
      description:
        'What claim links are made with. A new value makes every link that is under way worthless.',
      encryptionKey: encryption.dataKey,
      generateSecretString: { passwordLength: 64, excludePunctuation: true, includeSpace: false },
      removalPolicy: dataRemoval(config),
    });
    this.#addDeliver();
    this.#addRecordMailEvent();
    this.open = this.#addOpen();
    this.store = this.#addStore();
    this.renew = this.#addReplacing(
      'RenewClaim',
      'renew-claim',
      'POST /claims/renew: mails a new claim link',
    );
    this.dispute = this.#addReplacing(
      'DisputeClaim',
      'dispute-claim',
      'POST /claims/dispute: ends a secret that somebody else has seen',
    );
  }

  /** Sealing the tags of mails, by which what became of them is known as ours. */
  grantSealTags(fn: LatchkeyFunction): void {
    this.#grantClaimSecret(fn);
  }

  /** `update-subscription` */
  addManagement(): LatchkeyFunction {
    const { keys, subscriptions } = this.#props;
    const update = this.#make(
      'UpdateSubscription',
      'update-subscription',
      'Changes where and how the owner of a subscription is reached',
    );
    keys.grantWriteTimed(update);
    subscriptions.grantReaddress(update);
    return update;
  }

  #addDeliver(): void {
    const { config, alarms, keys, subscriptions, usage, mail, adminAlerts, dashboard } = this.#props;
    const deliver = this.#make('DeliverKey', 'deliver-key', 'Mails owners what changed about their keys', {
      timeout: Duration.minutes(5),
    });
    keys.grantWriteTimed(deliver);
    keys.grantOpen(deliver);
    subscriptions.grantRead(deliver);
    usage.grantLookUp(deliver);
    mail.grantSend(deliver);
    adminAlerts.grantPublish(deliver);
    this.#grantClaimSecret(deliver);
    deliver.addEnvironments(claimPageEnvironment, { CLAIM_PAGE_URL: `${dashboard.origin}/claim` });
    deliver.addEnvironments(tierLimitsEnvironment, { TIER_LIMITS: JSON.stringify(config.limits) });
    // A mail takes up to half a minute when SES is slow, and what was not taken in time comes again as a whole.
    keys.table.feed(deliver, { batchSize: 10 });
    alarms.add(
      lagAlarm(this, 'DeliveryLags', deliver, 'Owners wait to be told. docs/runbook.md#mails-are-deferred'),
    );
    alarms.add(
      serviceAlarm(this, 'MailsFailed', {
        config,
        service: 'deliver-key',
        metricName: metricNames.mailsFailed,
        threshold: 1,
        description: 'A change could not be told at all. docs/runbook.md#mails-are-deferred',
      }),
    );
    alarms.add(
      serviceAlarm(this, 'MailsDeferred', {
        config,
        service: 'deliver-key',
        metricName: metricNames.mailsDeferred,
        threshold: 5,
        description: 'Mails or alerts cannot be sent for the moment. docs/runbook.md#mails-are-deferred',
      }),
    );
  }

  #addRecordMailEvent(): void {
    const { keys, subscriptions, mail, adminAlerts } = this.#props;
    const record = this.#make(
      'RecordMailEvent',
      'record-mail-event',
      'Notes what became of a mail, and what that means for its address',
    );
    keys.grantWriteTimed(record);
    subscriptions.grantWrite(record);
    adminAlerts.grantPublish(record);
    this.#grantClaimSecret(record);
    mail.feed(record);
  }

  #addOpen(): LatchkeyFunction {
    const { config, keys } = this.#props;
    const open = this.#make('OpenClaim', 'open-claim', 'POST /claims: shows a new key once');
    keys.grantWriteTimed(open);
    keys.grantOpen(open);
    this.#grantClaimSecret(open);
    open.addEnvironments(productEnvironment, productOf(config));
    return open;
  }

  #addStore(): LatchkeyFunction {
    const { config, keys } = this.#props;
    const store = this.#make(
      'StoreClaim',
      'store-claim',
      'POST /claims/stored: destroys what a link has shown',
    );
    keys.grantWriteTimed(store);
    this.#grantClaimSecret(store);
    store.addEnvironments(productEnvironment, productOf(config));
    return store;
  }

  #addReplacing(id: string, name: FunctionName, description: string): LatchkeyFunction {
    const { config, keys } = this.#props;
    const fn = this.#make(id, name, description);
    keys.grantSeal(fn);
    this.#grantClaimSecret(fn);
    fn.addEnvironments(productEnvironment, productOf(config));
    return fn;
  }

  #grantClaimSecret(fn: LatchkeyFunction): void {
    fn.allow(['secretsmanager:GetSecretValue'], [this.#claimSecret.secretArn]);
    this.#props.encryption.grantThrough(fn, 'secretsmanager', 'read');
    fn.addEnvironments(claimEnvironment, { CLAIM_SECRET_ARN: this.#claimSecret.secretArn });
  }
}
