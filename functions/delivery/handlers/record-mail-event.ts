import type { Context, SNSEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { composeTimedKeys } from '../../keys/index.ts';
import { createSecretsManagerClient, createSnsClient } from '../../runtime/clients.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { describeError, logger } from '../../runtime/telemetry.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { adminAlertsEnvironment, claimEnvironment } from '../contract.ts';
import { createAdminAlerts } from '../gateways/admin-alerts.ts';
import { recordMailEvent } from '../record-mail-event.ts';
import { type MailEvent, readMailEvent } from '../rules/mail-event.ts';
import { createClaimSecret } from '../stores/claim-secret.ts';

const { CLAIM_SECRET_ARN, ALERTS_TOPIC_ARN } = parseEnvironment(
  z.object({ ...claimEnvironment.shape, ...adminAlertsEnvironment.shape }),
);
const claimSecret = createClaimSecret(createSecretsManagerClient(), CLAIM_SECRET_ARN);
const timed = composeTimedKeys();
const dependencies = {
  ...timed,
  subscriptions: composeSubscriptions(timed.client),
  alerts: createAdminAlerts(createSnsClient(), ALERTS_TOPIC_ARN),
};

/** What SES tells of mails, through the topic of the configuration set. A failure is invoked again by SNS and Lambda. */
export async function handler(event: SNSEvent, { awsRequestId }: Context): Promise<void> {
  for (const { Sns } of event.Records) {
    const understood = understand(Sns.Message, await claimSecret());
    if (understood === undefined) continue;
    const act = {
      actor: { kind: 'system', id: 'record-mail-event' } as const,
      requestId: awsRequestId,
      now: new Date(),
    };
    await recordMailEvent(understood, act, dependencies);
  }
}

/** What cannot be understood now never will be: it is logged, and holds up nothing. */
function understand(message: string, secret: string): MailEvent | undefined {
  try {
    return readMailEvent(message, secret);
  } catch (error) {
    // The message holds addresses: of the error only its kind.
    logger.error('a mail event cannot be understood', { errorName: describeError(error).errorName });
    return undefined;
  }
}
