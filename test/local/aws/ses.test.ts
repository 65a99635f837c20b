import { SendEmailCommand } from '@aws-sdk/client-ses';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { recordingInvoker } from '../schedules/support.ts';
import {
  closedKey,
  destination,
  from,
  mailResources,
  messageIn,
  sesArn,
  startMail,
  topicPolicy,
} from './mail-support.ts';
import { environment } from './support.ts';

type Mail = Awaited<ReturnType<typeof startMail>>;
// biome-ignore lint/suspicious/noExplicitAny: tests look into records of every shape.
type Record = any;

let invoker: ReturnType<typeof recordingInvoker>;
let mail: Mail;
beforeEach(async () => {
  invoker = recordingInvoker();
  mail = await startMail(invoker);
});
afterEach(() => mail.close());

async function restart(...replaced: Parameters<typeof mailResources>): Promise<void> {
  await mail.close();
  mail = await startMail(invoker, mailResources(...replaced));
}

/** The records that the subscribed function got by now. */
function records(): Record[] {
  return invoker.calls.map(({ payload }) => JSON.parse(messageIn(payload).Message));
}

async function heard(count: number): Promise<Record[]> {
  await vi.waitFor(() => expect(invoker.calls).toHaveLength(count), { timeout: 10_000 });
  return records();
}

async function inInbox(): Promise<{ subject: string; from: string; messageId: string }[]> {
  const { emails } = (await (await fetch(`${mail.inbox.url}/store`)).json()) as { emails: [] };
  return emails;
}

describe('sending', () => {
  test('a role that may send does, and the inbox holds the mail under the id that was answered', async () => {
    const { MessageId } = await mail.send({ as: 'sender' });
    expect(await inInbox()).toEqual([
      expect.objectContaining({
        messageId: MessageId,
        from: expect.stringContaining(from),
        subject: 'Your key',
        destination: { to: ['ada@example.org'], cc: [], bcc: [] },
        body: expect.objectContaining({ text: expect.stringContaining('hello') }),
      }),
    ]);
  });

  test.each([
    [
      'has no permission',
      'nobody',
      /not authorized to perform: ses:SendRawEmail on resource: .*identity\/example\.com/,
    ],
    ['may send from another address only', 'other-sender', /identity\/example\.com/],
    ['may not use the configuration set', 'sender-without-set', /configuration-set\/mails/],
  ])('a role that %s is refused, and no mail is there', async (_, as, message) => {
    await expect(mail.send({ as })).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 403 },
    });
    expect(await inInbox()).toEqual([]);
    expect(mail.published()).toEqual([]);
  });

  test.each([
    [
      'from an address that SES does not know',
      { from: 'x@example.net' },
      'MessageRejected',
      /not verified.*EU-CENTRAL-1: x@example\.net/,
    ],
    [
      'through a configuration set that is not there',
      { set: 'nope' },
      'ConfigurationSetDoesNotExistException',
      /<nope>/,
    ],
    [
      'with a tag that SES does not take',
      { tags: { address: 'ada@example.org' } },
      'InvalidParameterValue',
      /Tags\.0\.Value/,
    ],
    ['to nobody', { destinations: [], to: '' }, 'InvalidParameterValue', /no recipient/],
    ['to what is no address', { to: 'ada' }, 'InvalidParameterValue', /@domain/],
    [
      'with a header that would act as a parameter',
      { headers: ['X-SES-MESSAGE-TAGS: a=b'] },
      'InvalidParameterValue',
      /X-SES-MESSAGE-TAGS/,
    ],
  ])('a mail %s is refused, whoever sends it', async (_, what, name, message) => {
    await expect(mail.send(what)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
    expect(await inInbox()).toEqual([]);
  });

  test('another operation is refused by name', async () => {
    const command = new SendEmailCommand({
      Source: from,
      Destination: { ToAddresses: ['ada@example.org'] },
      Message: { Subject: { Data: 'x' }, Body: { Text: { Data: 'x' } } },
    });
    await expect(mail.ses().send(command)).rejects.toMatchObject({
      name: 'InvalidAction',
      message: expect.stringContaining('SendRawEmail'),
    });
  });
});

describe('what became of a mail', () => {
  test('is told with its id, its tags and its configuration set', async () => {
    const { MessageId } = await mail.send({ as: 'sender', tags: { keyId: 'k1', version: '2' } });
    const [record] = await heard(1);
    expect(record).toMatchObject({
      eventType: 'Delivery',
      mail: {
        messageId: MessageId,
        source: `Example <${from}>`,
        sourceArn: sesArn('identity/example.com'),
        sendingAccountId: environment.accountId,
        destination: ['ada@example.org'],
        headersTruncated: false,
        headers: expect.arrayContaining([{ name: 'Subject', value: 'Your key' }]),
        commonHeaders: { from: [`Example <${from}>`], to: ['ada@example.org'], subject: 'Your key' },
        tags: { 'ses:configuration-set': ['mails'], keyId: ['k1'], version: ['2'] },
      },
      delivery: { recipients: ['ada@example.org'], smtpResponse: expect.stringMatching(/^250 /) },
    });
  });

  const permanent = { bounceType: 'Permanent', bounceSubType: 'General' };
  const transient = { bounceType: 'Transient', bounceSubType: 'MailboxFull' };
  test.each([
    ['bounce@example.org', [['Bounce', permanent]]],
    ['Bounce+ada@example.org', [['Bounce', permanent]]],
    ['full@example.org', [['Bounce', transient]]],
    [
      'complaint@example.org',
      [
        ['Delivery', {}],
        ['Complaint', { complaintFeedbackType: 'abuse' }],
      ],
    ],
    ['bouncer@example.org', [['Delivery', {}]]],
  ])('is decided by the address: %s', async (to, expected) => {
    await mail.send({ to });
    const told = await heard(expected.length);
    expect(told.map(({ eventType, ...record }) => [eventType, record[eventType.toLowerCase()]])).toEqual(
      expected.map(([name, details]) => [name, expect.objectContaining(details as object)]),
    );
  });

  test('is told for each recipient, as the case may be', async () => {
    await mail.send({
      to: 'ada@example.org, Bob <bounce@example.org>',
      destinations: ['eve@example.org', 'bounce@example.org'],
    });
    const told = await heard(2);
    expect(told[0].delivery.recipients).toEqual(['eve@example.org']);
    expect(told[1].bounce.bouncedRecipients).toEqual([
      expect.objectContaining({ emailAddress: 'bounce@example.org', status: '5.1.1' }),
    ]);
  });

  test('carries the time of the moved clock', async () => {
    await mail.clock.moveTo(Date.now() + 90 * 86_400_000);
    const before = mail.clock.now();
    await mail.send({ to: 'complaint@example.org' });
    for (const record of await heard(2)) {
      const { timestamp } = record[record.eventType.toLowerCase()];
      for (const time of [record.mail.timestamp, timestamp]) {
        expect(Date.parse(time) - before).toBeGreaterThanOrEqual(0);
        expect(Date.parse(time) - before).toBeLessThan(60_000);
      }
    }
  });

  test('is told of nothing but what the destination asks for, and of nothing without a configuration set', async () => {
    await restart(destination(['BOUNCE']));
    await mail.send({ to: 'ada@example.org, bounce@example.org' });
    await mail.send({ to: 'bounce@example.org', set: null });
    const told = await heard(1);
    expect(told[0].eventType).toBe('Bounce');
    expect(mail.published()).toHaveLength(1);
    await restart(destination(['bounce'], { Enabled: false }));
    await mail.send({ to: 'bounce@example.org' });
    expect(mail.published()).toEqual([]);
  });

  test.each([
    [
      'the topic lets another configuration set publish only',
      topicPolicy(sesArn('configuration-set/others')),
      /TopicPolicy/,
    ],
    ['the topic’s key is closed to SES', closedKey, /key .* does not allow/],
  ])('goes unheard, and the log says why, where %s', async (_, replaced, why) => {
    await restart(replaced);
    await mail.send();
    expect(mail.published()).toEqual([]);
    expect(mail.complaints()).toEqual([expect.stringMatching(why)]);
  });
});

test.each([
  ['a configuration set', 'AWS::SES::ConfigurationSet', 'Mails', 'TrackingOptions'],
  ['an event destination', 'AWS::SES::ConfigurationSetEventDestination', 'Destination', 'Novelty'],
  ['an identity', 'AWS::SES::EmailIdentity', 'Identity', 'Novelty'],
])('a property of %s that is not supported is refused by name', async (_, type, logicalId, property) => {
  const [found] = mailResources().filter((resource) => resource.logicalId === logicalId);
  if (found === undefined) throw new Error(`there is no ${logicalId}`);
  const odd = { ...found, properties: { ...found.properties, [property]: {} } };
  await expect(startMail(invoker, mailResources(odd))).rejects.toThrow(
    `${type} "${logicalId}": ${property} is not supported by the local stack`,
  );
});
