import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';

export interface EncryptedTopicProps {
  readonly config: Config;
  /** What its messages are, such as `alarms`. */
  readonly of: string;
}

/**
 * A topic that is reached by TLS only, encrypted by a KMS key of its own: AWS services cannot publish to a topic that is
 * encrypted by the key that AWS manages.
 */
export class EncryptedTopic extends Topic {
  readonly key: Key;

  constructor(scope: Construct, id: string, { config, of }: EncryptedTopicProps) {
    const key = new Key(scope, `${id}Key`, {
      description: `Latchkey ${config.stage}: ${of}`,
      enableKeyRotation: true,
      // Messages pass through the topic; nothing lies in it that would need the key once the stack is gone.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, { displayName: `Latchkey ${config.stage} ${of}`, masterKey: key, enforceSSL: true });
    this.key = key;
  }

  /** Lets an AWS service use the key, which it needs beside the topic's permission to publish. */
  allowKey(service: string, conditions: Record<string, object> = {}): void {
    this.key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(service)],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions,
      }),
    );
  }

  /** Lets a function publish: through SNS it may use the key, by itself it may not. */
  allowPublish(fn: LatchkeyFunction): void {
    fn.allow(['sns:Publish'], [this.topicArn]);
    fn.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [this.key.keyArn], {
      StringEquals: { 'kms:ViaService': `sns.${Stack.of(this).region}.amazonaws.com` },
    });
  }
}
