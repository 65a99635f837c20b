import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { Encryption } from './encryption.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';
import { dataRemoval } from './stage-settings.ts';

export interface LatchkeyTableProps {
  readonly config: Config;
  readonly encryption: Encryption;
  /** Attribute names; all keys of the product's tables are strings. */
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly timeToLiveAttribute?: string;
}

const reads = ['dynamodb:GetItem'];

/** A table as the product keeps all of them: on demand, customer-managed KMS key, point-in-time recovery. */
export class LatchkeyTable extends Table {
  readonly #encryption: Encryption;

  constructor(scope: Construct, id: string, props: LatchkeyTableProps) {
    const { config, encryption, partitionKey, sortKey, timeToLiveAttribute } = props;
    super(scope, id, {
      tableName: `latchkey-${config.stage}-${id}`,
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      ...(sortKey === undefined ? {} : { sortKey: { name: sortKey, type: AttributeType.STRING } }),
      ...(timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: encryption.dataKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: config.retainData,
      removalPolicy: dataRemoval(config),
    });
    this.#encryption = encryption;
  }

  /** Permits reading single items: nothing of the product scans. */
  allowRead(fn: LatchkeyFunction): void {
    fn.allow(reads, [this.tableArn]);
    this.#encryption.grantThrough(fn, 'dynamodb', 'read');
  }

  /** Permits reading single items and exactly these ways to write. */
  allowWrite(fn: LatchkeyFunction, ...actions: ('dynamodb:PutItem' | 'dynamodb:UpdateItem')[]): void {
    fn.allow([...reads, ...actions], [this.tableArn]);
    this.#encryption.grantThrough(fn, 'dynamodb', 'write');
  }

  /** The same for items whose partition key has a given form, such as `idempotency#*`, and for no others. */
  allowItems(fn: LatchkeyFunction, partitionKeys: string, ...actions: 'dynamodb:PutItem'[]): void {
    fn.allow([...reads, ...actions], [this.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitionKeys] },
    });
    this.#encryption.grantThrough(fn, 'dynamodb', 'write');
  }

  /** Permits one kind of write and no read. */
  allowOnly(fn: LatchkeyFunction, action: 'dynamodb:UpdateItem'): void {
    fn.allow([action], [this.tableArn]);
    this.#encryption.grantThrough(fn, 'dynamodb', 'write');
  }
}
