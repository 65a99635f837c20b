import { describe, expect, it } from 'vitest';
import { readMailEvent } from '../../functions/delivery/rules/mail-event.ts';
import { sealedTags } from '../../functions/delivery/rules/mail-tags.ts';
import { iso, waiting } from './rules-support.ts';

const secret = 'a claim secret that is long enough to be one';

describe('what SES tells of a mail', () => {
  const tags = {
    keyId: waiting.keyId,
    kind: 'handover',
    version: '2',
    linkNo: '1',
    channel: 'link',
    attempt: '1',
  } as const;
  const sealed = Object.fromEntries(sealedTags(tags, secret).map(({ Name, Value }) => [Name, [Value]]));
  const event = (eventType: string, more: object = {}, mailTags: object = sealed) =>
    JSON.stringify({
      eventType,
      mail: {
        timestamp: iso(0),
        source: 'keys@example.com',
        sendingAccountId: '123456789012',
        messageId: 'message-1',
        destination: ['Ada <ada@example.com>'],
        headersTruncated: false,
        tags: { 'ses:configuration-set': ['mails'], 'ses:from-domain': ['example.com'], ...mailTags },
      },
      ...more,
    });
  const bounced = (bounceType: string, bounceSubType: string) => ({
    bounce: {
      feedbackId: '0102',
      bounceType,
      bounceSubType,
      bouncedRecipients: [
        {
          emailAddress: 'ada@example.com',
          action: 'failed',
          status: '5.1.1',
          diagnosticCode: 'smtp; 550 unknown user',
        },
      ],
      timestamp: iso(0),
      reportingMTA: 'dns; mx.example.com',
    },
  });
  const read = (json: string) => readMailEvent(json, secret);

  it.each<[string, string, object]>([
    [
      'a delivery',
      event('Delivery', { delivery: { processingTimeMillis: 500, recipients: ['ada@example.com'] } }),
      { kind: 'delivered' },
    ],
    [
      'a bounce for good',
      event('Bounce', bounced('Permanent', 'General')),
      { kind: 'bounced', permanent: true, why: 'Permanent, General', address: 'ada@example.com' },
    ],
    [
      'a bounce for now',
      event('Bounce', bounced('Transient', 'MailboxFull')),
      { kind: 'bounced', permanent: false, why: 'Transient, MailboxFull' },
    ],
    [
      'a bounce of which nobody knows what it means',
      event('Bounce', bounced('Undetermined', 'Undetermined')),
      { kind: 'bounced', permanent: false },
    ],
    [
      'a complaint',
      event('Complaint', {
        complaint: { complainedRecipients: [{ emailAddress: 'Ada <ada@example.com>' }] },
      }),
      { kind: 'complaint', address: 'ada@example.com' },
    ],
    [
      'a mail that SES refused',
      event('Reject', { reject: { reason: 'Bad content' } }),
      { kind: 'bounced', permanent: false },
    ],
  ])('%s is understood, with the tags of the mail', (_what, json, expected) => {
    expect(read(json)).toMatchObject({ ...expected, tags, messageId: 'message-1' });
  });

  it('a bounce of a mail about an account is understood, with the tags of that mail', () => {
    const about = { subscriptionId: 'sub_abcdefghijklmnopqrst', kind: 'payment-failed', message: '12' };
    const given = Object.fromEntries(sealedTags(about, secret).map(({ Name, Value }) => [Name, [Value]]));
    expect(read(event('Bounce', bounced('Permanent', 'General'), given))).toEqual({
      kind: 'bounced',
      permanent: true,
      why: 'Permanent, General',
      address: 'ada@example.com',
      tags: about,
      messageId: 'message-1',
    });
  });

  it.each([
    'Send',
    'Open',
    'Click',
    'DeliveryDelay',
    'Rendering Failure',
    'Subscription',
    'Bounce',
    'Complaint',
  ])('an event that says nothing of where a mail is means nothing: %s', (type) => {
    expect(read(event(type))).toBeUndefined();
  });

  it('a mail that is not ours, or whose tags somebody else made, means nothing', () => {
    expect(read(event('Delivery', {}, {}))).toBeUndefined();
    expect(read(event('Delivery', {}, { ...sealed, version: ['3'] }))).toBeUndefined();
    expect(read(event('Delivery', {}, { ...sealed, seal: undefined }))).toBeUndefined();
    expect(readMailEvent(event('Delivery'), `${secret}.`)).toBeUndefined();
  });

  it.each(['', 'null', '{}', 'not JSON', '{"eventType":"Delivery"}'])(
    'what is no event throws: %s',
    (text) => {
      expect(() => read(text)).toThrow();
    },
  );
});
