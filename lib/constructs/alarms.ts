import { Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { EncryptedTopic } from './encrypted-topic.ts';

export interface AlarmsProps {
  readonly config: Config;
}

/** Where alarms go: one topic, and the mailbox of whoever is on call. An alarm stands beside the resource it watches. */
export class Alarms extends Construct {
  readonly topic: EncryptedTopic;

  constructor(scope: Construct, id: string, { config }: AlarmsProps) {
    super(scope, id);
    const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    this.topic = new EncryptedTopic(this, 'Topic', { config, of: 'alarms' });
    this.topic.allowKey('cloudwatch.amazonaws.com', conditions);
    // `enforceSSL` gives the topic a policy, which replaces the default one that would let CloudWatch publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions,
      }),
    );
    if (config.alarmEmail !== undefined) this.topic.addSubscription(new EmailSubscription(config.alarmEmail));
  }

  add(alarm: Alarm): void {
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
  }
}
