import { describe, expect, test } from 'vitest';
import { hashOf, itemHashOf } from '../../functions/audit/rules/audit-entry.ts';
import { isRecorded, recordedChange } from '../../functions/audit/rules/recorded-change.ts';
import { toRecord } from '../../functions/audit/rules/stream-record.ts';
import { about, chainOf, itemAt } from './chain-support.ts';

const stamp = { eventId: 'event-1', happenedAt: 1_795_428_000_000 };
const key = { keyId: 'abcdefghijkl' };

describe('what a change tells', () => {
  test('is what was done and what it left, and of secrets only which there are', () => {
    const item = {
      ...itemAt(2),
      email: 'somebody@example.com',
      usageKey: 'a-usage-key-value',
      retired: [{ version: 0, hash: 'd'.repeat(64) }],
      handover: {
        version: 1,
        linkNo: 2,
        ciphertext: 'a ciphertext',
        openedAt: '2026-11-24T10:00:00.000Z',
        openedBy: 'a hash of a nonce',
        delivery: { attempts: 1, queuedIn: 1, messageId: 'a message', sentAt: '2026-11-23T10:00:05.000Z' },
      },
      outbox: [
        { id: 'x', to: 'owner', kind: 'contact-changed', facts: { recipient: 'somebody@example.com' } },
      ],
      somethingNew: 'not known yet',
    };
    const recorded = recordedChange(about, item);
    expect(recorded.state).toEqual({
      subscriptionId: item.subscriptionId,
      handover: {
        version: 1,
        linkNo: 2,
        openedAt: '2026-11-24T10:00:00.000Z',
        attempts: 1,
        sentAt: '2026-11-23T10:00:05.000Z',
      },
      versions: [{ version: 1, pepper: 'v1', createdAt: '2026-11-23T10:00:00.000Z' }],
    });
    const told = JSON.stringify(recorded);
    const hidden = [
      'name 2',
      'f'.repeat(64),
      'd'.repeat(64),
      'somebody',
      'a-usage-key',
      'ciphertext',
      'nonce',
      'not known',
    ];
    expect(hidden.filter((each) => told.includes(each))).toEqual([]);
  });

  test('of payments is how they stand, without ids, pages and what the owner wrote', () => {
    const at = '2026-11-23T10:00:00.000Z';
    const item = {
      ...itemAt(2),
      tier: 'pro',
      tierCause: 'payment',
      tierChosenAt: at,
      payment: {
        customerId: 'cus_hidden',
        stripeSubscriptionId: 'sub_hidden',
        checkout: { id: 'cs_hidden', url: 'https://hidden.example.com', expiresAt: at },
        status: 'past-due',
        periodEndsAt: at,
        cancelsAt: at,
        endedAt: at,
        failedAt: at,
        graceEndsAt: at,
        remindedFor: at,
        reversal: { kind: 'dispute', at },
      },
      request: {
        tier: 'enterprise',
        status: 'declined',
        requestedAt: at,
        answeredAt: at,
        note: 'hidden note',
        reason: 'hidden reason',
      },
    };
    const { state } = recordedChange(about, item);
    expect(state).toMatchObject({ tier: 'pro', tierCause: 'payment', tierChosenAt: at });
    expect(state['payment']).toEqual({
      status: 'past-due',
      periodEndsAt: at,
      cancelsAt: at,
      endedAt: at,
      failedAt: at,
      graceEndsAt: at,
      remindedFor: at,
      reversal: { kind: 'dispute', at },
      checkoutExpiresAt: at,
    });
    expect(state['request']).toEqual({
      tier: 'enterprise',
      status: 'declined',
      requestedAt: at,
      answeredAt: at,
    });
    expect(JSON.stringify(state)).not.toContain('hidden');
  });

  test('of an alert is what it is about, and never a network that requests came from', () => {
    const alert = {
      ...itemAt(2),
      alertId: `alert_${'0'.repeat(26)}`,
      keyId: 'abcdefghijkl',
      severity: 'warning',
      status: 'open',
      explanation: 'Requests came from a network that this key was not used from before: 198.51.100.0/24.',
      facts: { networks: '198.51.100.0/24', known: '203.0.113.0/24' },
    };
    const told = (kind: string, of: string) => recordedChange(about, { ...alert, kind, of });
    const network = told('new-network', '198.51.100.0/24');
    expect(network.state).toMatchObject({ kind: 'new-network', severity: 'warning', status: 'open' });
    expect(JSON.stringify(network)).not.toMatch(/198\.51|203\.0/);
    expect(told('refusals', '401').state).toMatchObject({ kind: 'refusals', of: '401' });
    expect(told('quota-threshold', '2026-11/80').state).toMatchObject({ of: '2026-11/80' });
  });

  test.each([
    ['an address lock', { subscriptionId: 'email#a@example.com', lockedFor: 'sub_x' }],
    ['a counter', { subscriptionId: 'counter#usage-keys', count: 3 }],
    ['a customer of Stripe’s', { subscriptionId: 'customer#cus_1', lockedFor: 'sub_x', sequence: 3 }],
    ['an event of Stripe’s', { subscriptionId: 'event#evt_1', expiresAt: 1 }],
    ['an idempotency record', { subscriptionId: 'idempotency#abc', keyId: 'abcdefghijkl', version: 1 }],
  ])('%s is not on record', (_what, item) => {
    const own = { subscriptionId: item.subscriptionId };
    expect(isRecorded(item)).toBe(false);
    expect(toRecord({ ...stamp, key: own, before: undefined, after: item })).toBeUndefined();
    expect(toRecord({ ...stamp, key: own, before: item, after: undefined })).toBeUndefined();
  });

  test('whose change it is, the key of the table says, whatever the item claims', () => {
    const forged = { ...itemAt(2), keyId: 'abcdefghijkl', subscriptionId: 'platform' };
    const before = { ...forged, revision: 1 };
    expect(toRecord({ ...stamp, key: { subscriptionId: 'platform' }, before, after: forged })).toMatchObject({
      kind: 'change',
      recorded: { subject: 'platform', subjectKind: 'platform' },
    });
  });

  test('that an item went is told as a revision of its own', () => {
    expect(toRecord({ ...stamp, key, before: itemAt(4), after: undefined })).toMatchObject({
      kind: 'change',
      recorded: { sequence: 5, action: 'item-removed', requestId: 'event-1', at: '2026-11-23T10:00:00.000Z' },
    });
  });

  describe('that DynamoDB removed an alert whose time was over', () => {
    const alertId = `alert_${'0'.repeat(26)}`;
    const ttl = stamp.happenedAt / 1000 - 60;
    const alert = { ...itemAt(4), alertId, status: 'closed', ttl };
    const told = (before: object, more: object = { byTimeToLive: true }, table: object = { alertId }) =>
      toRecord({ ...stamp, ...more, key: { ...table }, before: { ...before }, after: undefined });

    test('is told as that, and ends its record', () => {
      expect(told(alert)).toMatchObject({
        kind: 'change',
        recorded: { sequence: 5, action: 'item-expired', actor: { kind: 'system', id: 'time-to-live' } },
      });
    });

    test.each<[string, ReturnType<typeof toRecord>]>([
      ['by somebody', told(alert, {})],
      ['while it is open', told({ ...alert, status: 'open' })],
      ['before its time', told({ ...alert, ttl: ttl + 120 })],
      ['without one', told({ ...alert, ttl: undefined })],
      ['as a key', told(alert, { byTimeToLive: true }, { keyId: 'abcdefghijkl' })],
    ])('not what was removed %s', (_how, change) => {
      expect(change).toMatchObject({ recorded: { action: 'item-removed', actor: { id: 'unknown' } } });
    });
  });

  test.each([
    ['the same revision', itemAt(3), { ...itemAt(3), name: 'other' }],
    ['an older revision', itemAt(3), itemAt(2)],
    ['a change without an act', itemAt(2), { ...itemAt(3), change: {} }],
    ['no revision at all', undefined, { keyId: 'abcdefghijkl', secrets: [] }],
    ['a later revision out of nothing', undefined, itemAt(3)],
    ['a broken revision', itemAt(2), { ...itemAt(3), revision: 2.5 }],
    ['a change at no time', itemAt(2), { ...itemAt(3), change: { ...itemAt(3).change, at: 'soon' } }],
  ])('a write with %s went past the record', (_what, before, after) => {
    expect(toRecord({ ...stamp, key, before, after })?.kind).toBe('past-the-record');
  });
});

describe('hashes', () => {
  test('do not depend on the order in which a table gives attributes back', () => {
    const [entry] = chainOf([itemAt(1)]);
    if (entry === undefined) throw new Error('no entry');
    const turned = Object.fromEntries(Object.entries(entry).toReversed()) as unknown as typeof entry;
    expect(hashOf(turned, entry.previousHash)).toBe(entry.hash);
    expect(itemHashOf(Object.fromEntries(Object.entries(itemAt(1)).toReversed()))).toBe(entry.itemHash);
  });

  test('tell a list in another order, and a number from its text', () => {
    const item = { a: [1, 2] };
    expect(itemHashOf({ a: [2, 1] })).not.toBe(itemHashOf(item));
    expect(itemHashOf({ a: ['1', 2] })).not.toBe(itemHashOf(item));
  });

  test('are pinned: what is on record must verify in years to come', () => {
    const [first, second] = chainOf([itemAt(1), itemAt(2)]);
    expect([first?.itemHash, first?.hash, second?.hash]).toMatchInlineSnapshot(`
      [
        "d49ceaf3225a6583b8e23719680131e926f3b652b7cb9343efca272a082d48ff",
        "2694de832859fa3dd50012482a7d92682e5dfb5c34bafbedc463d21107736f0f",
        "f46c921c03adabbb7281ba074adb9b89ee2a2a4d37bc8fc0152b7fccd61022db",
      ]
    `);
  });
});
