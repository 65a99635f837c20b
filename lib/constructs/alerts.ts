import { AttributeType, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import {
  alertsBySubscriptionIndex,
  alertsTableEnvironment,
  alertsTtlAttribute,
  byOpenIndex,
  byOpenOfIndex,
} from '../../functions/alerts/contract.ts';
import type { Config } from '../config.ts';
import { type AccountRoute, accountFunctionsIn } from './account-functions.ts';
import type { Dashboard } from './dashboard.ts';
import type { Encryption } from './encryption.ts';
import type { Keys } from './keys.ts';
import { functionsIn, type LatchkeyFunction } from './latchkey-function.ts';
import { LatchkeyTable } from './latchkey-table.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface AlertsProps {
  readonly config: Config;
  readonly encryption: Encryption;
}

/** What the routes of owners work with. */
export interface OwnersProps {
  readonly config: Config;
  readonly dashboard: Pick<Dashboard, 'origin'>;
  readonly keys: Keys;
  readonly subscriptions: Subscriptions;
}

/** Table Alerts: one item for each incident, and the rights to it. */
export class Alerts extends Construct {
  readonly table: LatchkeyTable;
  readonly #config: Config;

  constructor(scope: Construct, id: string, { config, encryption }: AlertsProps) {
    super(scope, id);
    this.#config = config;
    this.table = new LatchkeyTable(this, 'Alerts', {
      config,
      encryption,
      partitionKey: 'alertId',
      streamed: true,
      timeToLiveAttribute: alertsTtlAttribute,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: alertsBySubscriptionIndex,
      partitionKey: { name: 'subscriptionId', type: AttributeType.STRING },
      sortKey: { name: 'alertId', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: byOpenOfIndex,
      partitionKey: { name: 'openOf', type: AttributeType.STRING },
      sortKey: { name: 'alertId', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: byOpenIndex,
      partitionKey: { name: 'openShard', type: AttributeType.NUMBER },
      sortKey: { name: 'alertId', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }

  /** What a signed-in subscriber can do about alerts. */
  addOwnersRoutes({ config, dashboard, keys, subscriptions }: OwnersProps): AccountRoute[] {
    const make = accountFunctionsIn(this, config, dashboard);
    const list = make(
      'ListAccountAlerts',
      'list-account-alerts',
      'GET /account/alerts: what was unusual in the account',
    );
    this.grantReadMany(list);
    this.grantList(list);
    this.grantListOpenOf(list);
    keys.grantRead(list);
    const get = make(
      'GetAccountAlert',
      'get-account-alert',
      'GET /account/alerts/{alertId}: one thing that was unusual',
    );
    this.grantRead(get);
    keys.grantRead(get);
    const answer = make(
      'AnswerAccountAlert',
      'answer-account-alert',
      'POST /account/alerts/{alertId}/answer: suspends the key, rotates it, or says that all is well',
    );
    this.grantWrite(answer);
    keys.grantMint(answer);
    subscriptions.grantRead(answer);
    subscriptions.grantIdempotency(answer);
    subscriptions.grantCountActs(answer);
    return [
      { method: 'GET', path: 'account/alerts', fn: list },
      { method: 'GET', path: 'account/alerts/{alertId}', fn: get },
      { method: 'POST', path: 'account/alerts/{alertId}/answer', fn: answer },
    ];
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

  /** Opening and changing alerts. */
  grantWrite(fn: LatchkeyFunction): void {
    this.table.allowWrite(fn, 'dynamodb:PutItem');
    this.#addEnvironment(fn);
  }

  /** Listing the ids of a subscription's alerts. */
  grantList(fn: LatchkeyFunction): void {
    this.#allowQuery(fn, alertsBySubscriptionIndex);
  }

  /** Listing the ids of those of a subscription that are open. */
  grantListOpenOf(fn: LatchkeyFunction): void {
    this.#allowQuery(fn, byOpenOfIndex);
  }

  /** Listing the ids of everybody's that are open. */
  grantListOpen(fn: LatchkeyFunction): void {
    this.#allowQuery(fn, byOpenIndex);
  }

  /** `list-alerts`, `acknowledge-alert` */
  addManagement(): {
    readonly acts: readonly LatchkeyFunction[];
    readonly reads: readonly LatchkeyFunction[];
  } {
    const make = functionsIn(this, this.#config);
    const list = make(
      'ListAlerts',
      'list-alerts',
      'Lists the alerts that are open, or all of a subscription',
    );
    this.grantReadMany(list);
    this.grantList(list);
    this.grantListOpenOf(list);
    this.grantListOpen(list);
    const acknowledge = make(
      'AcknowledgeAlert',
      'acknowledge-alert',
      'Notes that an admin has seen an alert',
    );
    this.grantWrite(acknowledge);
    return { acts: [acknowledge], reads: [list] };
  }

  #allowQuery(fn: LatchkeyFunction, index: string): void {
    fn.allow(['dynamodb:Query'], [`${this.table.tableArn}/index/${index}`]);
  }

  #addEnvironment(fn: LatchkeyFunction): void {
    fn.addEnvironments(alertsTableEnvironment, { ALERTS_TABLE: this.table.tableName });
  }
}
