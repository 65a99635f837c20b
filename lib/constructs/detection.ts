import { AttributeType, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import {
  activityTableEnvironment,
  activityTtlAttribute,
  byLookIndex,
} from '../../functions/alerts/contract.ts';
import type { Config } from '../config.ts';
import type { Encryption } from './encryption.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';
import { LatchkeyTable } from './latchkey-table.ts';

export interface DetectionProps {
  readonly config: Config;
  readonly encryption: Encryption;
}

/** Noticing what is unusual: table Activity, what fills it from the logs, and the hourly look at it. */
export class Detection extends Construct {
  readonly table: LatchkeyTable;

  constructor(scope: Construct, id: string, { config, encryption }: DetectionProps) {
    super(scope, id);
    this.table = new LatchkeyTable(this, 'Activity', {
      config,
      encryption,
      partitionKey: 'subject',
      timeToLiveAttribute: activityTtlAttribute,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: byLookIndex,
      partitionKey: { name: 'dueShard', type: AttributeType.NUMBER },
      sortKey: { name: 'lookAt', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }

  /** Tells a function where the table is. */
  addEnvironment(fn: LatchkeyFunction): void {
    fn.addEnvironments(activityTableEnvironment, { ACTIVITY_TABLE: this.table.tableName });
  }
}
