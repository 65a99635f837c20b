import { AttributeType, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import {
  alertsBySubscriptionIndex,
  alertsTableEnvironment,
  byOpenIndex,
} from '../../functions/alerts/contract.ts';
import type { Config } from '../config.ts';
import type { Encryption } from './encryption.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';
import { LatchkeyTable } from './latchkey-table.ts';

export interface AlertsProps {
  readonly config: Config;
  readonly encryption: Encryption;
}

/** Table Alerts: one item for each incident, and the rights to it. */
export class Alerts extends Construct {
  readonly table: LatchkeyTable;

  constructor(scope: Construct, id: string, { config, encryption }: AlertsProps) {
    super(scope, id);
    this.table = new LatchkeyTable(this, 'Alerts', {
      config,
      encryption,
      partitionKey: 'alertId',
      streamed: true,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: alertsBySubscriptionIndex,
      partitionKey: { name: 'subscriptionId', type: AttributeType.STRING },
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

  grantRead(fn: LatchkeyFunction): void {
    this.table.allowRead(fn);
    this.#addEnvironment(fn);
  }

  /** Opening and changing alerts. */
  grantWrite(fn: LatchkeyFunction): void {
    this.table.allowWrite(fn, 'dynamodb:PutItem');
    this.#addEnvironment(fn);
  }

  /** Listing the ids of a subscription's alerts. */
  grantList(fn: LatchkeyFunction): void {
    fn.allow(['dynamodb:Query'], [`${this.table.tableArn}/index/${alertsBySubscriptionIndex}`]);
  }

  /** Listing the ids of all that are open. */
  grantListOpen(fn: LatchkeyFunction): void {
    fn.allow(['dynamodb:Query'], [`${this.table.tableArn}/index/${byOpenIndex}`]);
  }

  #addEnvironment(fn: LatchkeyFunction): void {
    fn.addEnvironments(alertsTableEnvironment, { ALERTS_TABLE: this.table.tableName });
  }
}
