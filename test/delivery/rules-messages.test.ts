import { describe, expect, it } from 'vitest';
import { adminAlert } from '../../functions/delivery/rules/admin-alert.ts';
import { formatClaimToken } from '../../functions/delivery/rules/claim-token.ts';
import { messagesOf, oldSecret } from '../../functions/delivery/rules/messages-of.ts';
import type { KeyItem } from '../../functions/keys/rules/key-item.ts';
import { deferred, dispatched, redelivered } from '../../functions/keys/rules/outbox.ts';
import { change, hour, iso, noon, waiting, withHandover } from './rules-support.ts';

const policy = { noticeDays: 7, reminderHours: 6 };
const secret = 'a claim secret that is long enough to be one';
const { handover: _none, ...answered } = waiting;
const told = (key: KeyItem) => messagesOf(key).messages.map(({ to, kind }) => `${to}: ${kind}`);
const made = (key: KeyItem, action: string) => ({ ...key, change: change(action) });

describe('what a revision gives to tell', () => {
  const expired = withHandover({ ciphertext: undefined, expiredAt: iso(0) });
  const failed = withHandover({
    delivery: { attempts: 6, queuedIn: 3, failedAt: iso(0), trouble: 'no try arrived' },
  });

  it.each<[string, KeyItem, string[]]>([
    ['a key made by an admin who has it', made(answered, 'generate-key'), ['owner: new-key']],
    ['a key whose mail brings it', made(waiting, 'generate-key'), []],
    ['a rotation by an admin who has the key', made(answered, 'rotate-key'), ['owner: rotated']],
    ['a rotation whose mail brings the key', made(waiting, 'rotate-key'), []],
    ['a notice', made(waiting, 'notice-rotation'), ['owner: notice']],
    ['a reminder', { ...made(waiting, 'remind-owner'), remindedFor: iso(72) }, ['owner: reminder']],
    ['a link that was used', made(withHandover({ openedAt: iso(0) }), 'open-claim'), ['owner: claimed']],
    [
      'a link that expired unused',
      made(expired, 'expire-handover'),
      ['owner: claim-expired', 'admins: claim-expired'],
    ],
    [
      'a secret that was destroyed after use',
      made(withHandover({ openedAt: iso(-1), ciphertext: undefined }), 'expire-handover'),
      [],
    ],
    ['a disputed link', made(waiting, 'dispute-claim'), ['admins: claim-disputed']],
    ['a mail that was given up', made(failed, 'redeliver'), ['admins: mail-failed']],
    ['a mail that cannot be sent', made(failed, 'fail-delivery'), ['admins: mail-failed']],
    ['a mail given up before', { ...made(failed, 'redeliver'), change: change('redeliver', 1) }, []],
    ...[
      'suspend-key',
      'resume-key',
      'revoke-key',
      'send-key',
      'mail-delivered',
      'retire-secret',
      'no such act',
    ].map((action): [string, KeyItem, string[]] => [action, made(waiting, action), []]),
  ])('%s', (_what, key, expected) => {
    expect(told(key)).toEqual(expected);
  });

  it('a key that its owner lets go on is told; not one that is suspended still, or was for another cause', () => {
    const at = { at: iso(-2), by: 'deliver-alerts' };
    const resumed = (before: KeyItem['suspensions'], after: KeyItem['suspensions'] = {}) =>
      messagesOf(
        { ...made(waiting, 'resume-key'), suspensions: after },
        { ...waiting, suspensions: before },
      ).messages.map(({ to, kind, facts }) => [to, kind, facts['suspendedAt']]);
    const told = [['owner', 'resumed', iso(-2)]];
    expect(resumed({ anomaly: at })).toEqual(told);
    expect(resumed({ anomaly: at, owner: at })).toEqual(told);
    expect(resumed({ anomaly: at, admin: at }, { admin: at })).toEqual([]);
    expect(resumed({ owner: at })).toEqual(told);
    expect(resumed({ admin: at })).toEqual([]);
  });

  it('delivered twice, it tells the same under the same ids', () => {
    const key = made(expired, 'expire-handover');
    expect(messagesOf(structuredClone(key))).toEqual(messagesOf(key));
    const ids = messagesOf(key).messages.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('the mail with the secret is sent by the revision that queued it, and by no other', () => {
    expect(messagesOf({ ...waiting, revision: 3 }).handover).toBeDefined();
    expect(messagesOf({ ...waiting, revision: 4 }).handover).toBeUndefined();
    expect(messagesOf({ ...withHandover({ ciphertext: undefined }), revision: 3 }).handover).toBeUndefined();
  });

  it('holds no token, no ciphertext and no hash', () => {
    const text = JSON.stringify(messagesOf(made(expired, 'expire-handover')));
    for (const hidden of ['c2VhbGVk', '1'.repeat(64), '2'.repeat(64)]) expect(text).not.toContain(hidden);
  });
});

describe('the end of the old secret, as mails tell it', () => {
  const unused = { version: 2, hash: '2'.repeat(64), pepper: 'v1', retiredAt: iso(0) };
  const [first] = waiting.secrets.map(({ version, hash, pepper }) => ({ version, hash, pepper }));

  it('is the same before it has come and after, though the rotation ended an unused one, too', () => {
    const before = oldSecret({ secrets: waiting.secrets, retired: [unused] }, iso(0));
    const ended = first === undefined ? [] : [{ ...first, retiredAt: iso(72) }];
    const after = oldSecret({ secrets: waiting.secrets.slice(1), retired: [unused, ...ended] }, iso(0));
    expect(before).toEqual({ oldRetiresAt: iso(72) });
    expect(after).toEqual(before);
  });

  it('is that of the rotation that the mail tells of, not of an earlier one', () => {
    const long = { version: 1, hash: '1'.repeat(64), pepper: 'v1', retiredAt: iso(-24) };
    expect(oldSecret({ secrets: waiting.secrets.slice(1), retired: [long] }, iso(0))).toEqual({});
  });
});

describe('a message that cannot be sent', () => {
  const notice = { id: 'owner#notice#4', to: 'owner', kind: 'notice', facts: { at: iso(0) } } as const;
  const { handover: _handover, ...plain } = waiting;

  /** Hours at which it was tried, and at which it was given up, where no try succeeds. */
  function fate(): { tries: number[]; givenUpAt: number; key: KeyItem } {
    let key = deferred(plain, [notice], change('defer-mail'), policy) ?? plain;
    const tries = [0];
    for (;;) {
      const [message] = key.outbox ?? [];
      if (message?.retryAt === undefined)
        return { tries, givenUpAt: (Date.parse(key.change.at) - noon) / hour, key };
      const hours = (Date.parse(message.retryAt) - noon) / hour;
      key = redelivered(key, change('redeliver', hours), policy);
      if (key.outbox?.[0]?.failedAt === undefined) tries.push(hours);
    }
  }

  it('is tried at 0, 1, 3, 7, 15 and 31 hours, given up at 55, and then the admins are told', () => {
    const { tries, givenUpAt, key } = fate();
    expect(tries).toEqual([0, 1, 3, 7, 15, 31]);
    expect(givenUpAt).toBe(55);
    expect(told(key)).toEqual(['admins: mail-failed']);
    expect(key.outbox?.[0]?.failedAt).toBe(iso(55));
  });

  it('waits once, however often its revision is delivered', () => {
    const once = deferred(plain, [notice], change('defer-mail'), policy);
    expect(once?.outbox).toHaveLength(1);
    expect(once && deferred(once, [notice], change('defer-mail', 1), policy)).toBeUndefined();
  });

  it('leaves the outbox when it is sent, and again changes nothing', () => {
    const once = deferred(plain, [notice], change('defer-mail'), policy) ?? plain;
    const sent = dispatched(once, [notice.id], change('send-mail', 1), policy);
    expect(sent?.outbox).toBeUndefined();
    expect(sent?.nextAction).not.toBe('redeliver');
    expect(sent && dispatched(sent, [notice.id], change('send-mail', 2), policy)).toBeUndefined();
  });

  it('all that is given up at one time is told, however much was given up before', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({
      ...notice,
      id: `owner#notice#${index}`,
      kind: `kind-${index}`,
    }));
    const waits = deferred(plain, many, change('defer-mail'), policy) ?? plain;
    const lastTry = { ...waits, outbox: (waits.outbox ?? []).map((each) => ({ ...each, attempts: 6 })) };
    const key = redelivered(lastTry, change('redeliver', 55), policy);
    expect(messagesOf(key).messages.map(({ facts }) => facts['mail'])).toEqual(many.map(({ kind }) => kind));
  });
});

describe('an alert to the admins', () => {
  const token = formatClaimToken({ keyId: waiting.keyId, version: 2, linkNo: 1 }, secret);
  const kinds = [
    'claim-expired',
    'claim-disputed',
    'mail-failed',
    'address-bounced',
    'complaint',
    'mail-bounced',
  ];

  it.each(kinds)(
    'has an ASCII subject of at most 100 characters, names the key, and brings no link: %s',
    (kind) => {
      const facts = { version: '2', linkNo: '1', mail: 'notice', why: 'every try failed', at: iso(0) };
      const alert = adminAlert({ kind, facts }, waiting);
      expect(alert.subject).toMatch(/^Latchkey: [\x20-\x7e]{1,90}$/);
      expect(alert.text).toContain(waiting.keyId);
      expect(alert.text).toMatch(/docs\/runbook\.md#[a-z-]+$/);
      expect(alert.text).not.toContain(token.split('.')[3]);
      expect(alert.text).not.toContain('undefined');
      expect(alert.text).not.toMatch(/https?:/);
    },
  );

  it('of a kind that nobody raises is a fault', () => {
    const message = { id: 'an id', to: 'admins', kind: 'no such kind', facts: {} } as const;
    expect(() => adminAlert(message, waiting)).toThrow(/no such kind/);
  });
});
