import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { EventSourceMapping, FilterCriteria, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { Encryption } from './encryption.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';
import { dataRemoval } from './stage-settings.ts';

export interface LatchkeyTableProps {
  readonly config: Config;
  readonly encryption: Encryption;
  /** Attribute names; partition keys are strings. */
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** Default string. */
  readonly sortKeyType?: AttributeType;
  /** Whether other functions consume its changes. */
  readonly streamed?: boolean;
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
      ...(sortKey === undefined
        ? {}
        : { sortKey: { name: sortKey, type: props.sortKeyType ?? AttributeType.STRING } }),
      ...(timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute }),
      ...(props.streamed === true ? { stream: StreamViewType.NEW_AND_OLD_IMAGES } : {}),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: encryption.dataKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: config.retainData,
      removalPolicy: dataRemoval(config),
    });
    this.#encryption = encryption;
  }

  /** Permits reading single items. */
  allowRead(fn: LatchkeyFunction): void {
    fn.allow(reads, [this.tableArn]);
    this.#encryption.grantThrough(fn, 'dynamodb', 'read');
  }

  /** Permits reading many single items at once. */
  allowReadMany(fn: LatchkeyFunction): void {
    fn.allow(['dynamodb:BatchGetItem'], [this.tableArn]);
    this.#encryption.grantThrough(fn, 'dynamodb', 'read');
  }

  /** Permits reading single items and exactly these ways to write. */
  allowWrite(fn: LatchkeyFunction, ...actions: ('dynamodb:PutItem' | 'dynamodb:UpdateItem')[]): void {
    fn.allow([...reads, ...actions], [this.tableArn]);
    this.#encryption.grantThrough(fn, 'dynamodb', 'write');
  }

  /** The same for items whose partition key has a given form, such as `idempotency#*`, and for no others. */
  allowItems(fn: LatchkeyFunction, partitionKeys: string | string[], ...actions: 'dynamodb:PutItem'[]): void {
    fn.allow([...reads, ...actions], [this.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitionKeys].flat() },
    });
    this.#encryption.grantThrough(fn, 'dynamodb', 'write');
  }

  /** Permits deleting items whose partition key has a given form: locks, never what is on record. */
  allowDeleting(fn: LatchkeyFunction, ...partitionKeys: string[]): void {
    fn.allow(['dynamodb:DeleteItem'], [this.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitionKeys },
    });
  }

  /** Permits putting new items and reading: what an append-only table allows. */
  allowAppend(fn: LatchkeyFunction): void {
    fn.allow([...reads, 'dynamodb:Query', 'dynamodb:PutItem'], [this.tableArn]);
    this.#encryption.grantThrough(fn, 'dynamodb', 'write');
  }

  /** Permits queries of the table, or of one of its indexes too. */
  allowQuery(fn: LatchkeyFunction, { index }: { index?: string } = {}): void {
    const indexes = index === undefined ? [] : [`${this.tableArn}/index/${index}`];
    fn.allow(['dynamodb:Query'], [this.tableArn, ...indexes]);
    this.#encryption.grantThrough(fn, 'dynamodb', 'read');
  }

  /** Permits reading the whole table: for what must look at everything. */
  allowScan(fn: LatchkeyFunction): void {
    fn.allow(['dynamodb:Scan'], [this.tableArn]);
    this.#encryption.grantThrough(fn, 'dynamodb', 'read');
  }

  /**
   * Feeds a function with the table's changes: in order for each item, again and again until they are taken or expire
   * after 24 hours, a failing batch halved until the item that fails stands alone.
   * @param actions hands over only what these changes made (`change.action`); default: everything
   */
  feed(
    fn: LatchkeyFunction,
    { batchSize = 100, actions }: { batchSize?: number; actions?: readonly string[] } = {},
  ): void {
    const streamArn = this.tableStreamArn;
    if (streamArn === undefined) throw new Error(`table ${this.node.id} is not streamed`);
    fn.allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [streamArn]);
    // Knows no resources.
    fn.allow(['dynamodb:ListStreams'], ['*']);
    this.#encryption.grantThrough(fn, 'dynamodb', 'read');
    const mapping = new EventSourceMapping(fn, `${this.node.id}Stream`, {
      target: fn as IFunction,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: -1,
      ...(actions === undefined ? {} : { filters: [madeBy(actions)] }),
    });
    if (fn.role) mapping.node.addDependency(fn.role);
  }

  /**
   * Permits one kind of write and no read.
   * @param partitionKeys forms such as `batch#*`, and no other items; default: all
   */
  allowOnly(
    fn: LatchkeyFunction,
    action: 'dynamodb:UpdateItem' | 'dynamodb:PutItem',
    partitionKeys?: readonly string[],
  ): void {
    const ofThese = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitionKeys } };
    fn.allow([action], [this.tableArn], partitionKeys === undefined ? undefined : ofThese);
    this.#encryption.grantThrough(fn, 'dynamodb', 'write');
  }
}

function madeBy(actions: readonly string[]): Record<string, unknown> {
  return FilterCriteria.filter({
    dynamodb: { NewImage: { change: { M: { action: { S: actions } } } } },
  });
}
