import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { day, refusalOf, requestedBy } from './management-support.ts';
import { type Payer, paymentsOf, type TestPayments } from './payment-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let payments: TestPayments;
let ada: Payer;
let bob: Payer;

beforeAll(async () => {
  stack = await startTestStack({ payments: true });
  payments = paymentsOf(stack);
  ada = await payments.newPayer('ada@example.com');
  bob = await payments.begin('bob@example.com');
});
afterAll(() => stack.close());

interface Listed {
  readonly requests: readonly { readonly subscriptionId: string; readonly note?: string }[];
  readonly cursor?: string;
}

const list = (payload: object = {}) => stack.manage<Listed>('list-requests', payload);
const approve = (subscriptionId: string, more: object = {}) =>
  stack.manage('approve-request', { subscriptionId, requestedBy, ...more });
const decline = (subscriptionId: string, more: object = {}) =>
  stack.manage('decline-request', { subscriptionId, requestedBy, reason: 'too early', ...more });

describe('a request for the enterprise tier', () => {
  test('waits where admins see it, with what its owner wrote, until it is answered', async () => {
    expect(await list()).toEqual({ requests: [] });
    const asked = await payments.choose(ada, 'enterprise', 'We expect 400,000 requests a month.');
    expect(asked.body).toMatchObject({ tier: 'free', outcome: 'requested', request: { status: 'open' } });
    await payments.choose(bob, 'enterprise', 'first words');
    await payments.choose(bob, 'enterprise', 'better words');
    const { requests } = await list();
    const [ofAda] = requests.filter(({ subscriptionId }) => subscriptionId === ada.subscriptionId);
    expect(ofAda).toEqual({
      subscriptionId: ada.subscriptionId,
      email: 'ada@example.com',
      tier: 'free',
      requestedTier: 'enterprise',
      note: 'We expect 400,000 requests a month.',
      requestedAt: asked.body.request.requestedAt,
    });
    const first = await list({ limit: 1 });
    const second = await list({ limit: 1, cursor: first.cursor });
    expect([...first.requests, ...second.requests]).toEqual(requests);
    expect((await ada.call('GET', '/account')).body.request).toEqual(asked.body.request);
  });

  test('declined: the reason reaches the owner, the tier stays, and they may ask again', async () => {
    const declined = await decline(ada.subscriptionId);
    expect(declined).toEqual({
      subscriptionId: ada.subscriptionId,
      tier: 'free',
      declinedAt: expect.any(String),
    });
    expect(await decline(ada.subscriptionId)).toEqual(declined);
    await payments.settle();
    expect((await ada.call('GET', '/account')).body).toMatchObject({
      tier: 'free',
      request: { status: 'declined', reason: 'too early' },
    });
    expect((await payments.subjects(ada)).length).toBeGreaterThan(0);
    expect((await list()).requests.map(({ subscriptionId }) => subscriptionId)).toEqual([bob.subscriptionId]);
    const tooSoon = await payments.choose(ada, 'enterprise');
    expect([tooSoon.status, tooSoon.body.type]).toEqual([409, expect.stringMatching(/\/limit-reached$/)]);
    await payments.pass(day);
    expect((await payments.choose(ada, 'enterprise')).body.outcome).toBe('requested');
    expect((await payments.choose(ada, 'free')).body.outcome).toBe('unchanged');
    expect((await refusalOf(approve(ada.subscriptionId))).message).toContain('withdrawn');
  });

  test('approved: all keys follow at once, the payment for another tier ends with credit for what is left of it', async () => {
    expect((await payments.limit(bob)).limit).toBe(10_000);
    const approved = await approve(bob.subscriptionId, { reason: 'contract 7' });
    expect(approved).toEqual({
      subscriptionId: bob.subscriptionId,
      tier: 'enterprise',
      keyIds: [bob.keyId],
      payment: 'ended',
    });
    expect((await payments.limit(bob)).limit).toBe(1_000_000);
    await payments.settle();
    const [subscription] = await payments.subscriptionsOf(bob);
    expect(subscription?.status).toBe('canceled');
    const customer = await payments.client.customers.retrieve(await payments.customerOf(bob));
    // Of 49 dollars that were paid a day ago, nearly all is left, in favour of the customer.
    expect('balance' in customer && customer.balance).toBeLessThan(-4_600);
    expect(await payments.item(bob.subscriptionId)).toMatchObject({
      tier: 'enterprise',
      tierCause: 'admin',
      request: { status: 'approved', reason: 'contract 7' },
      payment: { status: 'ended' },
    });
    expect(await list()).toEqual({ requests: [] });
    expect(await approve(bob.subscriptionId)).toMatchObject({ payment: 'none' });
  });

  test('once approved, is by contract: its owner asks support', async () => {
    const refused = await payments.choose(bob, 'free');
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      expect.stringContaining('support@aiweedcompany.com'),
    ]);
    expect((await payments.choose(bob, 'enterprise')).body).toEqual({
      tier: 'enterprise',
      outcome: 'unchanged',
    });
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['approve for a subscription that is none', () => approve('sub_00000000000000000000'), 'NotFoundError'],
    ['decline for a subscription that is none', () => decline('sub_00000000000000000000'), 'NotFoundError'],
    ['decline what was approved', () => decline(bob.subscriptionId), 'ConflictError'],
    ['decline without a reason', () => decline(ada.subscriptionId, { reason: undefined }), 'ValidationError'],
    ['approve without a name', () => approve(ada.subscriptionId, { requestedBy: '' }), 'ValidationError'],
    ['list with an unknown field', () => list({ all: true }), 'ValidationError'],
  ])('cannot be answered so: %s', async (_what, call, type) => {
    expect((await refusalOf(call())).type).toBe(type);
  });

  test.each([
    ['approve', approve],
    ['decline', decline],
  ])('whoever would %s it is told that the owner reads the reason', async (_act, answer) => {
    const refusal = await refusalOf(answer(ada.subscriptionId, { reason: 7 }));
    expect(refusal.message).toContain('must be the reason, which the owner is told');
  });

  test('is on record, with who answered it and why', async () => {
    expect(await payments.actions(ada)).toEqual(
      expect.arrayContaining(['request-tier', 'decline-request', 'withdraw-request']),
    );
    expect(await payments.actions(bob)).toContain('approve-request');
    await payments.endsWell([ada, bob]);
  });
});

test('an account that is deleted ends its payments, and is forgotten at Stripe', async () => {
  const carol = await payments.begin('carol@example.com');
  const customer = await payments.customerOf(carol);
  const [subscription] = await payments.subscriptionsOf(carol);
  expect((await carol.call('DELETE', '/account')).status).toBe(200);
  await payments.settle();
  expect(await payments.client.customers.retrieve(customer)).toMatchObject({ deleted: true });
  expect((await payments.client.subscriptions.retrieve(subscription?.id ?? '')).status).toBe('canceled');
  // What Stripe tells of that is nobody's any more.
  await payments.endsWell([carol]);
});
