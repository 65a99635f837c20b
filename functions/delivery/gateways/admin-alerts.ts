import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { AdminAlert } from '../rules/admin-alert.ts';

/** The topic of what admins must act on. */
export interface AdminAlerts {
  publish(alert: AdminAlert): Promise<void>;
}

export function createAdminAlerts(client: SNSClient, topicArn: string): AdminAlerts {
  return {
    async publish({ subject, text }) {
      await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
    },
  };
}
