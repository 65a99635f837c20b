import { SubscribeCommand } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openState } from '../../../local/state.ts';
import { failure, recordingInvoker } from '../schedules/support.ts';
import { functionArn, mailResources, messageIn, permission, startMail, topicArn } from './mail-support.ts';
import { resource } from './support.ts';

const outcomes = topicArn('outcomes');
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(...parameters: Parameters<typeof startMail>) {
  const mail = await startMail(...parameters);
  closing.push(() => mail.close());
  return mail;
}

const heard = (invoker: ReturnType<typeof recordingInvoker>, count: number) =>
  vi.waitFor(() => expect(invoker.calls).toHaveLength(count), { timeout: 10_000 });

describe('publishing', () => {
  test('a role that may publish, and use the topic’s key through SNS, does; the log holds the message', async () => {
    const mail = await start(recordingInvoker());
    const { MessageId } = await mail.publish('a <key> & more', { as: 'publisher', Subject: 'Act' });
    expect(MessageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(mail.published()).toEqual([
      { topic: topicArn('alerts'), subject: 'Act', message: 'a <key> & more', at: expect.any(String) },
    ]);
  });

  test.each([
    ['without permission', 'nobody', 'AuthorizationErrorException', /sns:Publish/],
    ['without the topic’s key', 'publisher-without-key', 'KMSAccessDeniedException', /kms:GenerateDataKey/],
  ])('a role %s is refused', async (_, as, name, message) => {
    const mail = await start(recordingInvoker());
    await expect(mail.publish('x', { as })).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
    expect(mail.published()).toEqual([]);
  });

  test.each([
    ['to a topic that is not there', { topic: topicArn('nope') }, 'NotFoundException'],
    ['with a subject of two lines', { Subject: 'a\nb' }, 'InvalidParameterException'],
  ])('%s is refused', async (_, what, name) => {
    const mail = await start(recordingInvoker());
    await expect(mail.publish('x', what)).rejects.toMatchObject({ name });
  });

  test('another operation is refused by name', async () => {
    const mail = await start(recordingInvoker());
    const command = new SubscribeCommand({
      TopicArn: outcomes,
      Protocol: 'email',
      Endpoint: 'a@example.com',
    });
    await expect(mail.sns().send(command)).rejects.toMatchObject({ name: 'InvalidAction' });
  });
});

describe('a function that is subscribed', () => {
  test('gets the message as SNS hands it to Lambda, at the time of the moved clock', async () => {
    const invoker = recordingInvoker();
    const mail = await start(invoker);
    await mail.clock.moveTo(Date.now() + 30 * 86_400_000);
    const { MessageId } = await mail.publish('told', { topic: outcomes, Subject: 'About' });
    await heard(invoker, 1);
    expect(invoker.calls[0]?.functionName).toBe('listen');
    expect(invoker.calls[0]?.payload).toEqual({
      Records: [
        {
          EventSource: 'aws:sns',
          EventVersion: '1.0',
          EventSubscriptionArn: `${outcomes}:1`,
          Sns: expect.objectContaining({
            Type: 'Notification',
            MessageId,
            TopicArn: outcomes,
            Subject: 'About',
            Message: 'told',
            MessageAttributes: {},
          }),
        },
      ],
    });
    const age = mail.clock.now() - Date.parse(messageIn(invoker.calls[0]?.payload).Timestamp);
    expect(Math.abs(age)).toBeLessThan(60_000);
  });

  test('that fails gets it again after one and after two minutes of the clock, and then no more', async () => {
    const invoker = recordingInvoker(() => failure());
    const mail = await start(invoker);
    await mail.publish('told', { topic: outcomes });
    await heard(invoker, 1);
    await vi.waitFor(() => expect(mail.complaints()).toEqual([expect.stringContaining('Attempt 1 of 3')]));
    await mail.clock.moveTo(mail.clock.now() + 61_000);
    expect(invoker.calls).toHaveLength(2);
    await vi.waitFor(() => expect(mail.complaints()).toHaveLength(2));
    await mail.clock.moveTo(mail.clock.now() + 121_000);
    expect(invoker.calls).toHaveLength(3);
    await vi.waitFor(() => expect(mail.complaints().at(-1)).toContain('Event discarded'));
    await mail.clock.moveTo(mail.clock.now() + 86_400_000);
    expect(invoker.calls).toHaveLength(3);
    expect(new Set(invoker.calls.map(({ payload }) => JSON.stringify(payload))).size).toBe(1);
  });

  test('gets a message that it had not taken when the process ended after the next start', async () => {
    const state = openState(':memory:');
    const failing = recordingInvoker(() => failure());
    const first = await startMail(failing, mailResources(), state);
    await first.publish('told', { topic: outcomes });
    await heard(failing, 1);
    await first.close();
    const invoker = recordingInvoker();
    const second = await startMail(invoker, mailResources(), state);
    await heard(invoker, 1);
    expect(invoker.calls[0]?.payload).toEqual(failing.calls[0]?.payload);
    await second.close();
    const later = recordingInvoker();
    const third = await start(later, mailResources(), state);
    await third.publish('another', { topic: outcomes });
    await heard(later, 1);
    expect(messageIn(later.calls[0]?.payload).Message).toBe('another');
  });

  test.each([
    ['no permission', permission('arn:aws:sns:eu-central-1:111122223333:another')],
    [
      'a permission for another service',
      {
        ...permission(outcomes),
        properties: { ...permission(outcomes).properties, Principal: 'events.amazonaws.com' },
      },
    ],
  ])('with %s is not invoked, and the log says why', async (_, replaced) => {
    const invoker = recordingInvoker();
    const mail = await start(invoker, mailResources(replaced));
    await mail.publish('told', { topic: outcomes });
    expect(mail.complaints()).toEqual([expect.stringMatching(/not delivered: no AWS::Lambda::Permission/)]);
    expect(invoker.calls).toEqual([]);
  });
});

test.each([
  ['a topic', resource('AWS::SNS::Topic', 'Alerts', 'x', { FifoTopic: true }), 'FifoTopic is not supported'],
  [
    'a subscription',
    resource('AWS::SNS::Subscription', 'Mailbox', 'x', {
      Protocol: 'lambda',
      TopicArn: outcomes,
      Endpoint: functionArn('listen'),
      FilterPolicy: {},
    }),
    'FilterPolicy is not supported',
  ],
  [
    'a subscription',
    resource('AWS::SNS::Subscription', 'Mailbox', 'x', {
      Protocol: 'sqs',
      TopicArn: outcomes,
      Endpoint: 'x',
    }),
    'Protocol',
  ],
])('what %s has and the runner does not know is refused by name', async (_, replaced, message) => {
  await expect(startMail(recordingInvoker(), mailResources(replaced))).rejects.toThrow(message);
});
