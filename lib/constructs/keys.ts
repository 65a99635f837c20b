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
import { tierLimitsEnvironment } from '../../functions/runtime/contract.ts';
import type { Config } from '../config.ts';
import type { Encryption } from './encryption.ts';
import { LatchkeyFunction } from './latchkey-function.ts';
import { LatchkeyTable } from './latchkey-table.ts';
import { dataRemoval } from './stage-settings.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface KeysProps {
  readonly config: Config;
  readonly encryption: Encryption;
}

/** Table Keys, the pepper, the KMS key of handovers, and the management functions that change keys. */
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
    this.table = new LatchkeyTable(this, 'Keys', { config, encryption, partitionKey: 'keyId' });
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

  grantPepper(fn: LatchkeyFunction): void {
    fn.allow(['secretsmanager:GetSecretValue'], [this.pepper.secretArn]);
    this.#encryption.grantThrough(fn, 'secretsmanager', 'read');
    fn.addEnvironments(pepperEnvironment, { PEPPER_SECRET_ARN: this.pepper.secretArn });
  }

  /** Everything that making a secret needs: hash it, seal it for a repeated request, know when it rotates. */
  grantMint(fn: LatchkeyFunction): void {
    this.grantWrite(fn);
    this.grantPepper(fn);
    fn.allow(['kms:Decrypt', 'kms:Encrypt'], [this.handoverKey.keyArn]);
    fn.addEnvironments(handoverEnvironment, { HANDOVER_KEY_ARN: this.handoverKey.keyArn });
    fn.addEnvironments(rotationEnvironment, {
      ROTATION_INTERVAL_DAYS: String(this.#config.rotation.intervalDays),
      ROTATION_NOTICE_DAYS: String(this.#config.rotation.noticeDays),
    });
  }

  /** The management functions, one per act, so that IAM can tell them apart. */
  addManagement(
    subscriptions: Subscriptions,
  ): Record<'generate' | 'rotate' | 'revoke' | 'get', LatchkeyFunction> {
    const config = this.#config;
    const generate = new LatchkeyFunction(this, 'GenerateKey', {
      config,
      name: 'generate-key',
      description: 'Makes an API key, and the subscription where there is none',
      timeout: Duration.seconds(30),
    });
    this.grantMint(generate);
    subscriptions.grantWrite(generate);
    subscriptions.grantUsageKeys(generate);
    generate.addEnvironments(tierLimitsEnvironment, { TIER_LIMITS: JSON.stringify(config.limits) });

    const rotate = new LatchkeyFunction(this, 'RotateKey', {
      config,
      name: 'rotate-key',
      description: 'Gives an API key a new secret, with or without a grace period for the old one',
    });
    this.grantMint(rotate);
    subscriptions.grantIdempotency(rotate);

    const revoke = new LatchkeyFunction(this, 'RevokeKey', {
      config,
      name: 'revoke-key',
      description: 'Ends an API key for good',
    });
    this.grantWrite(revoke);
    subscriptions.grantWrite(revoke);

    const get = new LatchkeyFunction(this, 'GetKey', {
      config,
      name: 'get-key',
      description: 'Tells everything about an API key but its secrets',
    });
    this.grantRead(get);
    this.grantPepper(get);
    return { generate, rotate, revoke, get };
  }
}
