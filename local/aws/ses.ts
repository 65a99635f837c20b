import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Inbox } from '../inbox.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import { formList } from './query-form.ts';
import { queryOperation, queryService } from './query-service.ts';
import { AwsError, type AwsRequest, type AwsService } from './service.ts';
import { mailRecord } from './ses/mail-record.ts';
import { eventRecord, outcomesOf } from './ses/outcomes.ts';
import { addressesIn, type Header, headerValues, readHeaders } from './ses/raw-message.ts';
import { type ConfigurationSet, readMailSetup } from './ses/read-mail-setup.ts';
import type { Sns } from './sns.ts';

export interface SesOptions {
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  /** The `AWS::SES::*` resources are read, others passed over. */
  readonly resources: readonly ResolvedResource[];
  readonly inbox: Pick<Inbox, 'accept'>;
  readonly sns: Pick<Sns, 'publishAs'>;
  /** Why nobody will hear what became of a mail. */
  readonly log: (line: string) => void;
}

const noAddress = "Missing final '@domain'";
const isAddress = (text: string) => /^[^@\s]+@[^@\s]+$/.test(text);
const address = z.string().refine((text) => addressesIn(text).every(isAddress), noAddress);
const tagText = z
  .string()
  .regex(/^[\w-]{1,256}$/, 'may have letters, digits, _ and - only, and no more than 256 of them');
const maximumBytes = 10 * 1024 * 1024;
const maximumRecipients = 50;

const sendRawEmail = z.strictObject({
  Source: address.optional(),
  Destinations: formList(address).optional(),
  RawMessage: z.strictObject({ Data: z.base64().transform((data) => Buffer.from(data, 'base64')) }),
  ConfigurationSetName: z.string().min(1).optional(),
  Tags: formList(z.strictObject({ Name: tagText, Value: tagText })).default([]),
});

/** SES: `SendRawEmail`, into the local inbox; what becomes of the mail is published as the configuration set says. */
export function createSes(options: SesOptions): AwsService {
  const { environment, clock, sns, log } = options;
  const { configurationSets, identities } = readMailSetup(options.resources);
  const arn = (resource: string) => `arn:aws:ses:${environment.region}:${environment.accountId}:${resource}`;

  /** The identity that SES knows the sender by: the address itself, or else its domain. */
  function identityOf(sender: string): { readonly name: string; readonly verified: boolean } {
    const lowered = sender.toLowerCase();
    const domain = lowered.slice(lowered.lastIndexOf('@') + 1);
    const name = identities.has(lowered) ? lowered : domain;
    return { name, verified: identities.has(name) };
  }

  /** Permission comes first, as in the cloud: who may not send learns nothing of what there is. */
  function checkSender(request: AwsRequest, senders: readonly string[], setName: string | undefined): void {
    const resources = [
      ...senders.map((sender) => `identity/${identityOf(sender).name}`),
      ...(setName === undefined ? [] : [`configuration-set/${setName}`]),
    ];
    for (const resource of new Set(resources)) {
      request.authorize('ses:SendRawEmail', arn(resource), { 'ses:FromAddress': senders[0] ?? '' });
    }
    const unverified = senders.filter((sender) => !identityOf(sender).verified);
    if (unverified.length === 0) return;
    throw new AwsError(
      'MessageRejected',
      `Email address is not verified. The following identities failed the check in region ${environment.region.toUpperCase()}: ${unverified.join(', ')}`,
    );
  }

  function setOf(name: string | undefined): ConfigurationSet | undefined {
    if (name === undefined) return undefined;
    const found = configurationSets.get(name);
    if (found !== undefined) return found;
    throw new AwsError('ConfigurationSetDoesNotExist', `Configuration set <${name}> does not exist.`);
  }

  return queryService({
    signingName: 'ses',
    namespace: 'http://ses.amazonaws.com/doc/2010-12-01/',
    version: '2010-12-01',
    codes: { denied: 'AccessDenied', invalid: 'InvalidParameterValue' },
    operations: {
      SendRawEmail: queryOperation(sendRawEmail, async (input, request) => {
        const headers = readHeaders(input.RawMessage.Data);
        const from = headerValues(headers, 'From').flatMap(addressesIn);
        const senders = [...from, ...(input.Source === undefined ? [] : addressesIn(input.Source))];
        if (senders.length === 0) throw invalid('From is missing, in the message and as Source');
        checkSender(request, senders, input.ConfigurationSetName);
        const set = setOf(input.ConfigurationSetName);
        const recipients = recipientsOf(input.Destinations, headers);
        checkMessage(input.RawMessage.Data, headers, recipients);

        const at = clock.now();
        const messageId = await options.inbox.accept(request);
        const mail = mailRecord({
          at,
          messageId,
          source: input.Source ?? headerValues(headers, 'From')[0] ?? '',
          sourceArn: arn(`identity/${identityOf(senders[0] ?? '').name}`),
          accountId: environment.accountId,
          recipients,
          headers,
          tags: input.Tags,
          configurationSet: set?.name,
          callerArn: request.principal.arn,
        });
        if (set !== undefined) publish(set, recipients, mail, messageId, at);
        return { MessageId: messageId };
      }),
    },
  });

  function publish(
    set: ConfigurationSet,
    recipients: readonly string[],
    mail: object,
    messageId: string,
    at: number,
  ): void {
    const source = {
      'aws:SourceAccount': environment.accountId,
      'aws:SourceArn': arn(`configuration-set/${set.name}`),
    };
    for (const outcome of outcomesOf(recipients)) {
      const record = JSON.stringify(eventRecord(outcome, mail, at));
      for (const { topicArn, events } of set.destinations) {
        if (!events.has(outcome.type)) continue;
        const problem = sns.publishAs('ses.amazonaws.com', topicArn, record, source);
        if (problem !== undefined) log(`${messageId}: its ${outcome.type} is not published: ${problem}`);
      }
    }
  }
}

function recipientsOf(destinations: readonly string[] | undefined, headers: readonly Header[]): string[] {
  const written = destinations ?? ['To', 'Cc', 'Bcc'].flatMap((name) => headerValues(headers, name));
  return [...new Set(written.flatMap(addressesIn))];
}

function checkMessage(data: Buffer, headers: readonly Header[], recipients: readonly string[]): void {
  if (recipients.length === 0) throw invalid('There is no recipient, in the message and as Destinations');
  if (!recipients.every(isAddress)) throw invalid(noAddress);
  if (recipients.length > maximumRecipients) throw invalid(`Recipient count exceeds ${maximumRecipients}`);
  if (data.length > maximumBytes) throw invalid(`Message length is more than ${maximumBytes} bytes long`);
  // In the cloud these would choose a configuration set, or tags, behind the back of the parameters.
  const special = headers.find(({ name }) => /^x-ses-/i.test(name));
  if (special !== undefined) {
    throw invalid(`The header ${special.name} is not supported by the local stack: use the parameters`);
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
