import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';

export interface AlarmsProps {
  readonly config: Config;
}

/** Where alarms go: one topic, and the mailbox of whoever is on call. An alarm stands beside the resource it watches. */
export class Alarms extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { config }: AlarmsProps) {
    super(scope, id);
    // CloudWatch cannot publish to a topic encrypted by the AWS-managed key.
    const key = new Key(this, 'TopicKey', {
      description: `Latchkey ${config.stage}: alarm messages`,
      enableKeyRotation: true,
      // Messages pass through the topic; nothing lies in it that would need the key once the stack is gone.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const ownAlarms = {
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    };
    key.addToResourcePolicy(
      new PolicyStatement({
        ...ownAlarms,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
      }),
    );
    this.topic = new Topic(this, 'Topic', {
      displayName: `Latchkey ${config.stage} alarms`,
      masterKey: key,
      enforceSSL: true,
    });
    // `enforceSSL` gives the topic a policy, which replaces the default one that would let CloudWatch publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({ ...ownAlarms, actions: ['sns:Publish'], resources: [this.topic.topicArn] }),
    );
    if (config.alarmEmail !== undefined) this.topic.addSubscription(new EmailSubscription(config.alarmEmail));
  }

  add(alarm: Alarm): void {
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
  }
}
