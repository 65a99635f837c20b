import { randomUUID } from 'node:crypto';
import type { SNSEvent } from 'aws-lambda';

export interface Message {
  readonly topicArn: string;
  readonly messageId: string;
  readonly subject: string | undefined;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export function newMessageId(): string {
  return randomUUID();
}

/** What a function gets of a message. Nobody can verify the signature: the laptop has no certificate of SNS. */
export function snsEvent(subscriptionArn: string, message: Message): SNSEvent {
  return {
    Records: [
      {
        EventVersion: '1.0',
        EventSubscriptionArn: subscriptionArn,
        EventSource: 'aws:sns',
        Sns: {
          Type: 'Notification',
          MessageId: message.messageId,
          TopicArn: message.topicArn,
          // SNS says null where there is none, whatever the type says.
          Subject: message.subject ?? (null as unknown as string),
          Message: message.message,
          Timestamp: new Date(message.at).toISOString(),
          SignatureVersion: '1',
          Signature: 'not-signed-by-the-local-stack',
          SigningCertUrl: 'https://sns.invalid/SimpleNotificationService.pem',
          UnsubscribeUrl: 'https://sns.invalid/?Action=Unsubscribe',
          MessageAttributes: {},
        },
      },
    ],
  };
}
