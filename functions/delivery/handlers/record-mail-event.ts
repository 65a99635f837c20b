import type { Context, SNSEvent } from 'aws-lambda';
import { composeTimedKeys } from '../../keys/index.ts';
import { describeError, logger } from '../../runtime/telemetry.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { recordMailEvent } from '../record-mail-event.ts';
import { type MailEvent, readMailEvent } from '../rules/mail-event.ts';

const timed = composeTimedKeys();
const dependencies = { ...timed, subscriptions: composeSubscriptions(timed.client) };

/** What SES tells of mails, through the topic of the configuration set. A failure is invoked again by SNS and Lambda. */
export async function handler(event: SNSEvent, { awsRequestId }: Context): Promise<void> {
  for (const { Sns } of event.Records) {
    const understood = understand(Sns.Message);
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
function understand(message: string): MailEvent | undefined {
  try {
    return readMailEvent(message);
  } catch (error) {
    // The message holds addresses: of the error only its kind.
    logger.error('a mail event cannot be understood', { errorName: describeError(error).errorName });
    return undefined;
  }
}
