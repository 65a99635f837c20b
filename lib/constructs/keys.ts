import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, ProjectionType } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  byDueIndex,
  bySubscriptionIndex,
  handoverEnvironment,
  keysTableEnvironment,
  pepperEnvironment,
  rotationEnvironment,
} from '../../functions/keys/contract.ts';
import type { Config } from '../config.ts';
import { tierNames } from '../tiers.ts';
import type { Encryption } from './encryption.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';
import { LatchkeyTable } from './latchkey-table.ts';
import { dataRemoval } from './stage-settings.ts';

export interface KeysProps {
  readonly config: Config;
  readonly encryption: Encryption;
}

/** Table Keys, the pepper, the KMS key of handovers, and the rights to them. */
export class Keys extends Construct {
  readonly table: LatchkeyTable;
  readonly pepper: Secret;
  readonly handoverKey: Key;
  readonly #config: Config;
  readonly #encryption: Encryption;

  constructor(scope: Construct, id: string, { config, encryption }: KeysProps) {
    super(scope, id);
    this.#config = config;
    this.#encryption = encryption;
    this.table = new LatchkeyTable(this, 'Keys', {
      config,
      encryption,
      partitionKey: 'keyId',
      streamed: true,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: bySubscriptionIndex,
      partitionKey: { name: 'subscriptionId', type: AttributeType.STRING },
      sortKey: { name: 'keyId', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: byDueIndex,
      partitionKey: { name: 'dueShard', type: AttributeType.NUMBER },
      sortKey: { name: 'nextActionAt', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    // A new value by accident would kill every key: the secret stays whatever happens to the stack, and a template test
    // pins how it is generated.
    this.pepper = new Secret(this, 'Pepper', {
      // Without a name where data goes with the stack: the secret stays all the same, and a stack deployed again makes a
      // new one, as its new tables need.
      ...(config.retainData ? { secretName: `latchkey/${config.stage}/pepper` } : {}),
      description: 'Peppers that API keys are hashed with. Losing it makes every key worthless.',
      encryptionKey: encryption.dataKey,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ current: 'v1' }),
        generateStringKey: 'v1',
        passwordLength: 64,
        excludePunctuation: true,
        includeSpace: false,
        requireEachIncludedType: false,
      },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.handoverKey = new Key(this, 'HandoverKey', {
      description: `Latchkey ${config.stage}: secrets that await their owner`,
      enableKeyRotation: true,
      removalPolicy: dataRemoval(config),
      pendingWindow: Duration.days(30),
    });
  }

  grantRead(fn: LatchkeyFunction): void {
    this.table.allowRead(fn);
    fn.addEnvironments(keysTableEnvironment, { KEYS_TABLE: this.table.tableName });
  }

  grantWrite(fn: LatchkeyFunction): void {
    this.table.allowWrite(fn, 'dynamodb:PutItem');
    fn.addEnvironments(keysTableEnvironment, { KEYS_TABLE: this.table.tableName });
  }

  /** Changes that move a key's timer: the intervals belong to it. */
  grantWriteTimed(fn: LatchkeyFunction): void {
    this.grantWrite(fn);
    const { intervalDays, noticeDays, reminderHours, graceHours, graceHoursByTier } = this.#config.rotation;
    const ofTiers = tierNames.map((tier) => [tier, graceHoursByTier[tier] ?? graceHours]);
    const policy = { intervalDays, noticeDays, reminderHours, graceHours: Object.fromEntries(ofTiers) };
    fn.addEnvironments(rotationEnvironment, { ROTATION_POLICY: JSON.stringify(policy) });
  }

  /** Finding what is due. */
  grantDue(fn: LatchkeyFunction): void {
    fn.allow(['dynamodb:Query'], [`${this.table.tableArn}/index/${byDueIndex}`]);
  }

  /** Reading a secret that awaits its owner. */
  grantOpen(fn: LatchkeyFunction): void {
    fn.allow(['kms:Decrypt'], [this.handoverKey.keyArn]);
    fn.addEnvironments(handoverEnvironment, { HANDOVER_KEY_ARN: this.handoverKey.keyArn });
  }

  /** Listing the ids of a subscription's keys. */
  grantList(fn: LatchkeyFunction): void {
    fn.allow(['dynamodb:Query'], [`${this.table.tableArn}/index/${bySubscriptionIndex}`]);
  }

  /** Looking at every key. */
  grantScan(fn: LatchkeyFunction): void {
    this.table.allowScan(fn);
    fn.addEnvironments(keysTableEnvironment, { KEYS_TABLE: this.table.tableName });
  }

  /** Adding a pepper to the secret. */
  grantAddPepper(fn: LatchkeyFunction): void {
    this.grantPepper(fn);
    fn.allow(['secretsmanager:PutSecretValue'], [this.pepper.secretArn]);
    this.#encryption.grantThrough(fn, 'secretsmanager', 'write');
  }

  grantPepper(fn: LatchkeyFunction): void {
    fn.allow(['secretsmanager:GetSecretValue'], [this.pepper.secretArn]);
    this.#encryption.grantThrough(fn, 'secretsmanager', 'read');
    fn.addEnvironments(pepperEnvironment, { PEPPER_SECRET_ARN: this.pepper.secretArn });
  }

  /** Making a secret: hash it, seal it for its owner, know when it rotates. */
  grantSeal(fn: LatchkeyFunction): void {
    this.grantWriteTimed(fn);
    this.grantPepper(fn);
    fn.allow(['kms:Encrypt'], [this.handoverKey.keyArn]);
    fn.addEnvironments(handoverEnvironment, { HANDOVER_KEY_ARN: this.handoverKey.keyArn });
  }

  /** The same for those whose answer may be asked for again. */
  grantMint(fn: LatchkeyFunction): void {
    this.grantSeal(fn);
    this.grantOpen(fn);
  }
}
