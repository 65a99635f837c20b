import { Stack } from 'aws-cdk-lib';
import type { UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { metricNames } from '../../functions/runtime/metric-names.ts';
import {
  availabilityItem,
  byRequestIndex,
  subscriptionsByDueIndex,
  subscriptionsTableEnvironment,
  ttlAttribute,
  usageKeysEnvironment,
} from '../../functions/subscriptions/contract.ts';
import type { Config } from '../config.ts';
import type { TierName } from '../tiers.ts';
import type { Alarms } from './alarms.ts';
import type { Encryption } from './encryption.ts';
import { LatchkeyFunction } from './latchkey-function.ts';
import { LatchkeyTable } from './latchkey-table.ts';
import { serviceAlarm } from './service-alarm.ts';
import { usageNamePrefix } from './stage-settings.ts';

export interface SubscriptionsProps {
  readonly config: Config;
  readonly encryption: Encryption;
  readonly alarms: Alarms;
}

/** Table Subscriptions, and the right to make usage keys in API Gateway. */
export class Subscriptions extends Construct {
  readonly table: LatchkeyTable;
  readonly #config: Config;
  readonly #alarms: Alarms;
  /** Functions that attach usage keys to the plans. */
  readonly #attaching: LatchkeyFunction[] = [];

  constructor(scope: Construct, id: string, { config, encryption, alarms }: SubscriptionsProps) {
    super(scope, id);
    this.#config = config;
    this.#alarms = alarms;
    this.table = new LatchkeyTable(this, 'Subscriptions', {
      config,
      encryption,
      partitionKey: 'subscriptionId',
      timeToLiveAttribute: ttlAttribute,
      streamed: true,
    });
    // CloudFormation adds one index per update: both are there from the start.
    this.table.addGlobalSecondaryIndex({
      indexName: subscriptionsByDueIndex,
      partitionKey: { name: 'dueShard', type: AttributeType.NUMBER },
      sortKey: { name: 'nextActionAt', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: byRequestIndex,
      partitionKey: { name: 'openRequest', type: AttributeType.STRING },
      sortKey: { name: 'subscriptionId', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }

  grantRead(fn: LatchkeyFunction): void {
    this.table.allowRead(fn);
    this.#addEnvironment(fn);
  }

  /** Reading many at once. */
  grantReadMany(fn: LatchkeyFunction): void {
    this.table.allowReadMany(fn);
    this.#addEnvironment(fn);
  }

  /** Changing subscriptions that exist. */
  grantWrite(fn: LatchkeyFunction): void {
    this.table.allowWrite(fn, 'dynamodb:PutItem');
    this.#addEnvironment(fn);
  }

  /** Changing addresses too: the lock of the former one goes. */
  grantReaddress(fn: LatchkeyFunction): void {
    this.grantWrite(fn);
    this.table.allowDeleting(fn, 'email#*');
  }

  /** Opening accounts: subscriptions and the locks of addresses and owners, and no other item. */
  grantOpenAccounts(fn: LatchkeyFunction): void {
    this.table.allowItems(fn, ['sub_*', 'email#*', 'owner#*'], 'dynamodb:PutItem');
    this.#addEnvironment(fn);
  }

  /** Ending accounts: their addresses and payment customers are free again. */
  grantDeleteLocks(fn: LatchkeyFunction): void {
    this.table.allowDeleting(fn, 'email#*', 'customer#*');
  }

  /** Forgetting what an account leaves behind: its usage keys too, and their places in the count. */
  grantForget(fn: LatchkeyFunction): void {
    this.grantPlan(fn);
    fn.allow(['apigateway:GET'], [this.#apiGatewayArn('/apikeys')]);
    fn.allow(['apigateway:DELETE'], [this.#apiGatewayArn('/apikeys/*')]);
    this.#addUsageKeyEnvironment(fn);
  }

  /** Planning usage keys too, which are counted on an item that is updated. */
  grantPlan(fn: LatchkeyFunction): void {
    this.table.allowWrite(fn, 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    this.#addEnvironment(fn);
  }

  /** Finding what is due. */
  grantDue(fn: LatchkeyFunction): void {
    fn.allow(['dynamodb:Query'], [`${this.table.tableArn}/index/${subscriptionsByDueIndex}`]);
  }

  /** Finding the requests that wait for an answer. */
  grantRequests(fn: LatchkeyFunction): void {
    fn.allow(['dynamodb:Query'], [`${this.table.tableArn}/index/${byRequestIndex}`]);
  }

  /** Reading and writing the records of repeated requests, which live in this table, and no subscription. */
  grantIdempotency(fn: LatchkeyFunction): void {
    this.table.allowItems(fn, 'idempotency#*', 'dynamodb:PutItem');
    this.#addEnvironment(fn);
  }

  /** Counting what owners do, on items of this table, and no subscription. */
  grantCountActs(fn: LatchkeyFunction): void {
    this.table.allowOnly(fn, 'dynamodb:UpdateItem', ['acts#*']);
    this.#addEnvironment(fn);
  }

  /** Reading and writing whether payments can be made, and no subscription. */
  grantAvailability(fn: LatchkeyFunction): void {
    this.table.allowItems(fn, availabilityItem, 'dynamodb:PutItem');
    this.#addEnvironment(fn);
  }

  /** Reading and writing the platform's item, and no subscription. */
  grantPlatform(fn: LatchkeyFunction): void {
    this.table.allowItems(fn, 'platform', 'dynamodb:PutItem');
    this.#addEnvironment(fn);
  }

  /** `get-subscription` */
  addManagement(): LatchkeyFunction {
    const get = new LatchkeyFunction(this, 'GetSubscription', {
      config: this.#config,
      name: 'get-subscription',
      description: 'Tells everything about a subscription',
    });
    this.grantRead(get);
    return get;
  }

  /**
   * The API, which comes later, tells the usage plans that usage keys are attached to. The right to do so is a policy of
   * its own: functions behind the API must not wait for plans that wait for the API.
   */
  useUsagePlans(usagePlans: Readonly<Record<TierName, UsagePlan>>): void {
    const arns = Object.values(usagePlans).map(({ usagePlanId }) =>
      this.#apiGatewayArn(`/usageplans/${usagePlanId}/keys`),
    );
    for (const { node, role } of this.#attaching) {
      new Policy(this, `${node.id}AttachesUsageKeys`, {
        roles: role === undefined ? [] : [role],
        statements: [new PolicyStatement({ actions: ['apigateway:POST'], resources: arns })],
      });
    }
  }

  /** Creating, finding, enabling and attaching usage keys. */
  grantUsageKeys(fn: LatchkeyFunction): void {
    fn.allow(['apigateway:GET', 'apigateway:POST'], [this.#apiGatewayArn('/apikeys')]);
    fn.allow(['apigateway:PATCH'], [this.#apiGatewayArn('/apikeys/*')]);
    fn.allow(['apigateway:GET'], [this.#apiGatewayArn('/usageplans')]);
    this.#attaching.push(fn);
    this.#addUsageKeyEnvironment(fn);
    // Whoever plans a usage key tells how many there are then, under its own name.
    this.#alarms.add(
      serviceAlarm(this, `UsageKeysNearlyUsedUpBy${fn.node.id}`, {
        config: this.#config,
        service: fn.service,
        metricName: metricNames.usageKeys,
        threshold: this.#config.usageKeys.alarmAt,
        statistic: 'Maximum',
        description:
          'API Gateway allows 10,000 usage keys per account. docs/runbook.md#usage-keys-nearly-used-up',
      }),
    );
  }

  #apiGatewayArn(path: string): string {
    const { region, partition } = Stack.of(this);
    return `arn:${partition}:apigateway:${region}::${path}`;
  }

  #addUsageKeyEnvironment(fn: LatchkeyFunction): void {
    fn.addEnvironments(usageKeysEnvironment, {
      USAGE_KEY_NAME_PREFIX: usageNamePrefix(this.#config),
      USAGE_KEY_LIMIT: String(this.#config.usageKeys.limit),
    });
  }

  #addEnvironment(fn: LatchkeyFunction): void {
    fn.addEnvironments(subscriptionsTableEnvironment, { SUBSCRIPTIONS_TABLE: this.table.tableName });
  }
}
