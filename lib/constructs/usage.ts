import { Construct } from 'constructs';
import { productEnvironment, tierLimitsEnvironment } from '../../functions/runtime/contract.ts';
import { usageTableEnvironment } from '../../functions/usage/contract.ts';
import type { Config } from '../config.ts';
import type { Encryption } from './encryption.ts';
import { LatchkeyFunction } from './latchkey-function.ts';
import { LatchkeyTable } from './latchkey-table.ts';
import { productOf } from './product.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface UsageProps {
  readonly config: Config;
  readonly encryption: Encryption;
}

/** Table Usage, the meter's right to count, and the functions that tell the counts. */
export class Usage extends Construct {
  readonly table: LatchkeyTable;
  /** `GET /usage` */
  readonly report: LatchkeyFunction;
  readonly #config: Config;

  constructor(scope: Construct, id: string, { config, encryption }: UsageProps) {
    super(scope, id);
    this.#config = config;
    this.table = new LatchkeyTable(this, 'Usage', {
      config,
      encryption,
      partitionKey: 'subscriptionId',
      sortKey: 'period',
    });
    this.report = new LatchkeyFunction(this, 'ReportUsage', {
      config,
      name: 'report-usage',
      description: "GET /usage: the caller's own limits and counts",
    });
    this.grantRead(this.report);
    this.report.addEnvironments(productEnvironment, productOf(config));
  }

  /** Counting requests, and nothing else: the meter reads no usage but what its own update returns. */
  grantCount(fn: LatchkeyFunction): void {
    this.table.allowOnly(fn, 'dynamodb:UpdateItem');
    fn.addEnvironments(usageTableEnvironment, { USAGE_TABLE: this.table.tableName });
  }

  /** Looking up when a secret was last used. */
  grantLookUp(fn: LatchkeyFunction): void {
    this.table.allowRead(fn);
    fn.addEnvironments(usageTableEnvironment, { USAGE_TABLE: this.table.tableName });
  }

  /** Reading the months of many subscriptions at once, and knowing what each tier allows. */
  grantReadMany(fn: LatchkeyFunction): void {
    this.table.allowReadMany(fn);
    this.#addReadEnvironment(fn);
  }

  grantRead(fn: LatchkeyFunction): void {
    this.table.allowRead(fn);
    this.#addReadEnvironment(fn);
  }

  #addReadEnvironment(fn: LatchkeyFunction): void {
    fn.addEnvironments(usageTableEnvironment, { USAGE_TABLE: this.table.tableName });
    fn.addEnvironments(tierLimitsEnvironment, { TIER_LIMITS: JSON.stringify(this.#config.limits) });
  }

  addManagement(subscriptions: Subscriptions): LatchkeyFunction {
    const get = new LatchkeyFunction(this, 'GetUsage', {
      config: this.#config,
      name: 'get-usage',
      description: "Tells a subscription's usage in one month",
    });
    this.grantRead(get);
    subscriptions.grantRead(get);
    return get;
  }
}
