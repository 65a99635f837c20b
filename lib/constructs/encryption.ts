import { Duration, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';
import { dataRemoval } from './stage-settings.ts';

export interface EncryptionProps {
  readonly config: Config;
}

/** The customer-managed KMS key of everything at rest (R23): tables and secrets. */
export class Encryption extends Construct {
  readonly dataKey: Key;

  constructor(scope: Construct, id: string, { config }: EncryptionProps) {
    super(scope, id);
    this.dataKey = new Key(this, 'DataKey', {
      description: `Latchkey ${config.stage}: tables and secrets`,
      enableKeyRotation: true,
      removalPolicy: dataRemoval(config),
      pendingWindow: Duration.days(30),
    });
  }

  /**
   * Lets a function use the key, but only through a service that holds our data: never to decrypt something itself.
   * @param service such as `dynamodb`
   */
  grantThrough(fn: LatchkeyFunction, service: 'dynamodb' | 'secretsmanager', access: 'read' | 'write'): void {
    const reading = ['kms:Decrypt'];
    const writing = [
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ];
    fn.allow(access === 'read' ? reading : [...reading, ...writing], [this.dataKey.keyArn], {
      StringEquals: { 'kms:ViaService': `${service}.${Stack.of(this).region}.amazonaws.com` },
    });
  }
}
