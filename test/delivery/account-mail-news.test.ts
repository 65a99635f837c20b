import { describe, expect, it } from 'vitest';
import { accountMailActions } from '../../functions/delivery/contract.ts';
import { accountNews } from '../../functions/delivery/rules/account-news.ts';
import { adminAlert } from '../../functions/delivery/rules/admin-alert.ts';
import type { Actor, ChangeAction } from '../../functions/runtime/rules/change.ts';
import type { SubscriptionItem } from '../../functions/subscriptions/rules/subscription-item.ts';
import { basic, context, iso, subscriptionAfter } from './account-mail-support.ts';

/** What a change of a subscription gives to tell, by the item before and after it. */

const admin: Actor = { kind: 'admin', id: 'grace' };
const owner: Actor = { kind: 'owner', id: basic.subscriptionId };
const pro = { ...basic, tier: 'pro', tierCause: 'payment' } as const;
const paying = {
  ...pro,
  payment: { customerId: 'cus_x', stripeSubscriptionId: 'sub_x', status: 'active', periodEndsAt: iso(300) },
} as const;
const missing = {
  ...pro,
  payment: { ...paying.payment, status: 'past-due', failedAt: iso(-1), graceEndsAt: iso(167) },
} as const;
const ended = { customerId: 'cus_x', stripeSubscriptionId: 'sub_x', status: 'ended' } as const;
const asking = {
  ...basic,
  request: { tier: 'enterprise', status: 'open', requestedAt: iso(-5), note: 'We grow' },
} as const;

const news = (...[before, fields, action, actor, reason]: Parameters<typeof subscriptionAfter>) =>
  accountNews(before, subscriptionAfter(before, fields, action, actor, reason), context);

describe('who is told what', () => {
  it.each<[string, ReturnType<typeof news>, object]>([
    [
      'a first sign-in',
      accountNews(undefined, subscriptionAfter(basic, {}, 'open-account'), context),
      { kind: 'account-opened', tier: 'free', requestsPerMonth: 100, name: 'Ada' },
    ],
    [
      'the first sign-in to a subscription that an admin made',
      news({ ...basic, keyIds: ['a', 'b'] }, { owner: 'x' }, 'join-account'),
      { kind: 'account-joined', since: basic.createdAt, keys: 2 },
    ],
    [
      'a failed payment',
      news(paying, { payment: missing.payment }, 'payment-failed'),
      {
        kind: 'payment-failed',
        tier: 'pro',
        graceEndsAt: iso(167),
        fallback: { tier: 'free', requestsPerMonth: 100 },
      },
    ],
    [
      'two days before its end',
      news(missing, {}, 'remind-payment'),
      { kind: 'payment-reminder', graceEndsAt: iso(167) },
    ],
    [
      'a payment that came after all',
      news(missing, { payment: paying.payment }, 'payment-recovered'),
      { kind: 'payment-recovered', paidUntil: iso(300) },
    ],
    [
      'a cancellation',
      news(paying, { payment: { ...paying.payment, cancelsAt: iso(300) } }, 'payment-changed'),
      { kind: 'cancellation-noted', endsAt: iso(300) },
    ],
    [
      'a cancellation that is taken back',
      news(
        { ...paying, payment: { ...paying.payment, cancelsAt: iso(300) } },
        { payment: paying.payment },
        'payment-changed',
      ),
      { kind: 'cancellation-withdrawn', paidUntil: iso(300) },
    ],
    [
      'a payment that was refunded',
      news(
        paying,
        { payment: { ...paying.payment, reversal: { kind: 'refund', at: iso(0) } } },
        'payment-reversed',
      ),
      { kind: 'payment-reversed', how: 'refund' },
    ],
    [
      'a payment that was disputed',
      news(
        paying,
        { payment: { ...paying.payment, reversal: { kind: 'dispute', at: iso(0) } } },
        'payment-reversed',
      ),
      { kind: 'payment-reversed', how: 'dispute' },
    ],
    ['the next payment', news(paying, {}, 'payment-restored'), { kind: 'payment-restored' }],
    [
      'an answer that is no',
      news(
        asking,
        { request: { ...asking.request, status: 'declined', reason: 'Too early' } },
        'decline-request',
        admin,
      ),
      { kind: 'request-declined', requestedAt: iso(-5), by: { who: 'grace', reason: 'Too early' } },
    ],
    [
      'an answer that is yes',
      news(
        asking,
        { request: { ...asking.request, status: 'approved' }, tier: 'enterprise' },
        'approve-request',
        admin,
        'Signed',
      ),
      {
        kind: 'request-approved',
        tier: 'enterprise',
        requestsPerMonth: 1_000_000,
        endsPayments: false,
        by: { who: 'grace', reason: 'Signed' },
      },
    ],
  ])('%s', (_what, { mail, to, alert }, expected) => {
    expect(mail).toMatchObject({ ...expected, subscriptionId: basic.subscriptionId, at: iso(0) });
    expect([to, alert]).toEqual([undefined, undefined]);
  });

  it('a request: its owner is told what was written, and the admins which tier, without the words of its owner', () => {
    const { mail, alert } = news(basic, { request: asking.request }, 'request-tier', owner);
    expect(mail).toMatchObject({ kind: 'tier-requested', requestedTier: 'enterprise', note: 'We grow' });
    expect(alert).toEqual({ kind: 'tier-requested', facts: { tier: 'enterprise' } });
    const { subject, text } = adminAlert(alert ?? { kind: '', facts: {} }, basic);
    expect(subject).toMatch(/^Latchkey: [\x20-\x7e]{1,90}$/);
    expect(text).toContain(`subscription ${basic.subscriptionId}, tier free`);
    expect(text).toMatch(/docs\/runbook\.md#a-tier-was-requested$/);
    for (const hidden of ['We grow', 'Ada', 'ada@example.com', 'undefined'])
      expect(text).not.toContain(hidden);
  });

  it('every action that the stream hands over is told in some case, and no other is in any', () => {
    const rekeyed = { openPgpKey: { armored: 'another', fingerprint: 'f' } };
    const befores = [undefined, basic, pro, paying, missing, asking];
    const fields = [
      {},
      { tier: 'enterprise' },
      { payment: missing.payment },
      { request: asking.request },
      rekeyed,
    ];
    const tells = (action: string) =>
      befores.some((before) =>
        fields.some((each) => {
          const after = subscriptionAfter(before ?? basic, { ...each, deletedAt: iso(0) }, action);
          const cancels = { ...paying.payment, cancelsAt: iso(300) };
          const told = [after, subscriptionAfter(before ?? basic, { payment: cancels }, action)];
          return told.some((item) => Object.keys(accountNews(before, item, context)).length > 0);
        }),
      );
    expect(accountMailActions.filter((action) => !tells(action))).toEqual([]);
    const others: ChangeAction[] = [
      'create-subscription',
      'plan-usage-key',
      'choose-tier',
      'begin-checkout',
      'withdraw-request',
      'erase-account',
      'reschedule',
      'mail-bounced',
      'complaint',
      'generate-key',
      'revoke-key',
    ];
    expect([...others, 'rotate-pepper', 'no such act', ''].filter(tells)).toEqual([]);
  });

  it('delivered twice, a change tells the same', () => {
    const after = subscriptionAfter(paying, { payment: missing.payment }, 'payment-failed');
    expect(accountNews(structuredClone(paying), structuredClone(after), context)).toEqual(
      accountNews(paying, after, context),
    );
  });

  it('of payments that flip, each change tells its own state', () => {
    const failed = subscriptionAfter(paying, { payment: missing.payment }, 'payment-failed');
    const recovered = subscriptionAfter(failed, { payment: paying.payment }, 'payment-recovered');
    const later = { ...missing.payment, graceEndsAt: iso(400) };
    const again = subscriptionAfter(recovered, { payment: later }, 'payment-failed');
    const told = [
      [paying, failed],
      [failed, recovered],
      [recovered, again],
    ] as const;
    expect(told.map(([before, after]) => accountNews(before, after, context).mail)).toMatchObject([
      { kind: 'payment-failed', graceEndsAt: iso(167) },
      { kind: 'payment-recovered' },
      { kind: 'payment-failed', graceEndsAt: iso(400) },
    ]);
  });

  it('nothing of Stripe’s is in what is told', () => {
    const told = [
      news(paying, { payment: missing.payment }, 'payment-failed'),
      news(paying, { payment: { ...paying.payment, cancelsAt: iso(9) } }, 'payment-changed'),
      news(missing, { payment: ended, tier: 'free' }, 'change-tier'),
      news(paying, { email: '', deletedAt: iso(0) }, 'delete-account', owner),
    ];
    expect(JSON.stringify(told)).not.toMatch(/cus_x|sub_x"/);
  });
});

describe('another tier', () => {
  it.each<[string, ReturnType<typeof news>, object]>([
    [
      'by an admin is told with who and why, whatever else is known',
      news(paying, { tier: 'enterprise' }, 'change-tier', admin, 'A contract'),
      { tier: 'enterprise', formerTier: 'pro', isLower: false, by: { who: 'grace', reason: 'A contract' } },
    ],
    [
      'by an admin who gives no reason',
      news(pro, { tier: 'free' }, 'change-tier', admin),
      { tier: 'free', formerTier: 'pro', isLower: true, by: { who: 'grace' } },
    ],
    [
      'after a payment',
      news(
        basic,
        { tier: 'pro', tierCause: 'payment', payment: paying.payment },
        'change-tier',
        undefined,
        'paid',
      ),
      { tier: 'pro', requestsPerMonth: 10_000, formerTier: 'free', isLower: false, cause: 'paid' },
    ],
    [
      'after a payment was missing for too long, though nothing on the item tells it any more',
      news(
        { ...missing, payment: { ...missing.payment, graceEndsAt: iso(0) } },
        { tier: 'free', payment: ended },
        'change-tier',
        undefined,
        'payment missing for 7 days',
      ),
      { tier: 'free', isLower: true, cause: 'unpaid' },
    ],
    [
      'at the end of what was paid, after a cancellation',
      news(
        { ...paying, payment: { ...paying.payment, cancelsAt: iso(-0.1) } },
        { tier: 'free', payment: ended },
        'change-tier',
        undefined,
        'canceled',
      ),
      { cause: 'canceled' },
    ],
    [
      'because the payments ended before that',
      news(
        { ...paying, payment: { ...paying.payment, cancelsAt: iso(200) } },
        { tier: 'free', payment: ended },
        'change-tier',
        undefined,
        'canceled',
      ),
      { cause: 'ended' },
    ],
    [
      'by its owner',
      news(pro, { tier: 'free', tierCause: 'owner' }, 'change-tier', owner),
      { cause: 'chosen' },
    ],
    [
      'for a reason that only words tell',
      news(basic, { tier: 'pro' }, 'change-tier', undefined, 'An offer'),
      { reason: 'An offer' },
    ],
  ])('%s', (_what, { mail }, expected) => {
    expect(mail).toMatchObject({ kind: 'tier-changed', ...expected });
    const told = (mail ?? {}) as object;
    expect(['by', 'cause', 'reason'].filter((why) => why in told)).toHaveLength(1);
  });

  it('that is none, or of an item that was not there before, is not told', () => {
    expect(news(pro, {}, 'change-tier')).toEqual({});
    expect(accountNews(undefined, subscriptionAfter(pro, {}, 'change-tier'), context)).toEqual({});
  });

  it('that the stage does not know is no tier of which a limit could be told', () => {
    expect(() => news(basic, { tier: 'gold' }, 'change-tier')).toThrow('tier gold is unknown');
  });
});

describe('a tier by contract, for somebody who pays for another', () => {
  it.each(['approve-request', 'change-tier'])('tells that the payments end: %s', (action) => {
    const former = { ...missing, request: asking.request };
    const told = (before: typeof former | typeof asking) =>
      news(before, { tier: 'enterprise', tierCause: 'admin' }, action, admin).mail;
    expect(told(former)).toMatchObject({ endsPayments: true });
    expect(told(asking)).toMatchObject({ endsPayments: false });
  });
});

describe('a payment that changed otherwise', () => {
  const canceled = { ...paying, payment: { ...paying.payment, cancelsAt: iso(300) } } as const;

  it.each<[string, ReturnType<typeof news>]>([
    [
      'a period that was paid',
      news(paying, { payment: { ...paying.payment, periodEndsAt: iso(999) } }, 'payment-changed'),
    ],
    [
      'a checkout that ended',
      news(
        {
          ...paying,
          payment: { ...paying.payment, checkout: { id: 'cs', url: 'https://x', expiresAt: iso(1) } },
        },
        { payment: paying.payment },
        'payment-changed',
      ),
    ],
    [
      'a cancellation that was noted before',
      news(canceled, { payment: { ...canceled.payment, periodEndsAt: iso(999) } }, 'payment-changed'),
    ],
    ['a cancellation that went because all is over', news(canceled, { payment: ended }, 'payment-changed')],
    ['a first payment state', news(basic, { payment: { customerId: 'cus_x' } }, 'payment-changed')],
  ])('%s is not told', (_what, told) => {
    expect(told).toEqual({});
  });

  it('a cancellation at another time is told anew', () => {
    const moved = { ...canceled.payment, cancelsAt: iso(500) };
    expect(news(canceled, { payment: moved }, 'payment-changed').mail).toMatchObject({ endsAt: iso(500) });
  });
});

describe('another address or OpenPGP key', () => {
  const first = { armored: 'first', fingerprint: 'aa' };
  const second = { armored: 'second', fingerprint: 'bb' };
  const withFirst = { ...basic, openPgpKey: first };
  const moved = { email: 'bea@example.org', emailChangedAt: iso(0) };
  const bounced = { ...basic, undeliverable: { cause: 'bounce', at: iso(-9) } } as const;
  const { openPgpKey: _none, ...without } = subscriptionAfter(withFirst, {}, 'update-subscription', owner);

  it.each<[string, ReturnType<typeof news>, object]>([
    [
      'an OpenPGP key that its owner puts on file',
      news(basic, { openPgpKey: first }, 'update-subscription', owner),
      { openPgp: { fingerprint: 'aa' } },
    ],
    [
      'one that replaces another, though at the same millisecond',
      news(
        { ...withFirst, openPgpKeyChangedAt: iso(0) },
        { openPgpKey: second, openPgpKeyChangedAt: iso(0) },
        'update-subscription',
        owner,
      ),
      { openPgp: { fingerprint: 'bb' } },
    ],
    ['one that is taken away', accountNews(withFirst, without, context), { openPgp: 'removed' }],
    [
      'an address that an admin changes, masked',
      news(basic, moved, 'update-subscription', admin, 'As asked'),
      { newAddress: 'b…@example.org', by: { who: 'grace', reason: 'As asked' } },
    ],
    [
      'one of a subscription that has keys',
      news({ ...basic, keyIds: ['a', 'b'] }, { openPgpKey: first }, 'update-subscription', owner),
      { openPgp: { fingerprint: 'aa' } },
    ],
    [
      'both, and the name: of the new one the former address learns nothing',
      news(basic, { ...moved, openPgpKey: first, name: 'Bea' }, 'update-subscription', admin),
      { newAddress: 'b…@example.org', openPgp: { fingerprint: 'aa' }, by: { who: 'grace' } },
    ],
  ])('is told to the address as it was: %s', (_what, told, expected) => {
    const { dashboardUrl } = context;
    const about = { subscriptionId: basic.subscriptionId, name: 'Ada', dashboardUrl, at: iso(0) };
    expect(told).toEqual({
      to: 'ada@example.com',
      mail: { kind: 'contact-changed', ...about, tier: 'free', requestsPerMonth: 100, ...expected },
    });
  });

  it.each<[string, Partial<SubscriptionItem>]>([
    ['the same one', {}],
    ['another one', moved],
    ['another one, with an OpenPGP key', { ...moved, openPgpKey: first }],
    ['one of a subscription that has keys', { ...moved, keyIds: ['a', 'b'] }],
  ])(
    'an address that takes mail, after one that took none, hears what it may have missed: %s',
    (_what, fields) => {
      const { undeliverable: _over, ...after } = subscriptionAfter(
        bounced,
        fields,
        'update-subscription',
        admin,
      );
      const { dashboardUrl } = context;
      const about = { subscriptionId: basic.subscriptionId, name: 'Ada', dashboardUrl, at: iso(0) };
      const trouble = { formerAddress: 'a…@example.com', since: iso(-9) };
      // To the address as it is when the mail leaves.
      expect(accountNews(bounced, after, context)).toEqual({
        mail: { kind: 'address-trouble', ...about, tier: 'free', requestsPerMonth: 100, ...trouble },
      });
    },
  );

  it.each<[string, ReturnType<typeof news>]>([
    [
      'the address takes no mail, before and after',
      news(bounced, { openPgpKey: first }, 'update-subscription', owner),
    ],
    ['only the name is new', news(withFirst, { name: 'Bea' }, 'update-subscription', owner)],
    [
      'only the preferences are new',
      news(withFirst, { preferences: { mailNewKeys: false } }, 'update-subscription', owner),
    ],
    [
      'nobody knows what it was',
      accountNews(undefined, subscriptionAfter(basic, moved, 'update-subscription', admin), context),
    ],
  ])('is told to nobody where %s', (_what, told) => {
    expect(told).toEqual({});
  });
});

describe('a deleted account', () => {
  const gone = {
    email: '',
    keyIds: [],
    undeliverable: { cause: 'deleted', at: iso(0) },
    deletedAt: iso(0),
  } as const;
  const before = { ...paying, keyIds: ['a', 'b', 'c'] };
  const {
    name: _name,
    payment: _payment,
    ...nameless
  } = subscriptionAfter(before, gone, 'delete-account', owner);

  it('is told at the address that it had, by the name that it had', () => {
    const { mail, to, alert } = accountNews(before, nameless, context);
    expect(to).toBe('ada@example.com');
    expect(mail).toMatchObject({
      kind: 'account-deleted',
      name: 'Ada',
      keys: 3,
      hadPayments: true,
      at: iso(0),
    });
    expect(alert).toBeUndefined();
  });

  it.each<[string, Parameters<typeof accountNews>[0]]>([
    ['the address took no mail', { ...before, undeliverable: { cause: 'bounce', at: iso(-9) } }],
    ['it was deleted before', { ...before, email: '', deletedAt: iso(-9) }],
    ['nobody knows what it was', undefined],
  ])('is told to nobody where %s', (_what, former) => {
    expect(accountNews(former, nameless, context)).toEqual({});
  });
});
