import { CfnOutput, Stack } from 'aws-cdk-lib';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { adminAlertsEnvironment } from '../../functions/delivery/contract.ts';
import type { Config } from '../config.ts';
import { EncryptedTopic } from './encrypted-topic.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';

export interface AdminAlertsProps {
  readonly config: Config;
}

/**
 * What admins must act on: a key that expired unclaimed, an address that mail cannot reach. A topic beside that of the
 * alarms, because it is about a customer and not about the stack: others may want to hear of it.
 */
export class AdminAlerts extends Construct {
  readonly topic: EncryptedTopic;

  constructor(scope: Construct, id: string, { config }: AdminAlertsProps) {
    super(scope, id);
    this.topic = new EncryptedTopic(this, 'Topic', { config, of: 'admin alerts' });
    if (config.alarmEmail !== undefined) this.topic.addSubscription(new EmailSubscription(config.alarmEmail));
    new CfnOutput(Stack.of(this), 'AdminAlertsTopicArn', {
      value: this.topic.topicArn,
      description: 'Subscribe to it who must act on a key or an address',
    });
  }

  /** Publishing alerts. */
  grantPublish(fn: LatchkeyFunction): void {
    this.topic.allowPublish(fn);
    fn.addEnvironments(adminAlertsEnvironment, { ALERTS_TOPIC_ARN: this.topic.topicArn });
  }
}
