import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyItem, requestedBy } from './management-support.ts';
import { type Payer, paymentsOf, type TestPayments } from './payment-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let payments: TestPayments;

beforeAll(async () => {
  stack = await startTestStack({ payments: true });
  payments = paymentsOf(stack);
});
afterAll(() => stack.close());

const causes = async ({ keyId }: Payer) => Object.keys((await keyItem(stack, keyId)).suspensions).toSorted();

async function takeBack(payer: Payer, how: 'refund' | 'dispute'): Promise<string> {
  const taken = await payments.act<{ id: string }>(how, { charge: await payments.chargeOf(payer) });
  await payments.settle();
  return taken.id;
}

describe('a payment that is disputed', () => {
  test('suspends the keys with cause payment; an admin’s suspension outlives that; a dispute that is won lifts it', async () => {
    const ada = await payments.begin('ada@example.com');
    expect(await payments.status(ada)).toBe(200);
    const dispute = await takeBack(ada, 'dispute');
    expect(await causes(ada)).toEqual(['payment']);
    expect(await payments.status(ada)).toBe(401);
    expect((await ada.call('GET', '/account')).body.payment.reversal).toMatchObject({ kind: 'dispute' });
    expect(await payments.subjects(ada)).toContainEqual(expect.stringMatching(/keys are suspended/));

    await stack.manage('suspend-key', { keyId: ada.keyId, reason: 'abuse', requestedBy });
    await payments.act('closeDispute', { dispute, outcome: 'won' });
    await payments.settle();
    expect(await causes(ada)).toEqual(['admin']);
    expect(await payments.status(ada)).toBe(401);
    await stack.manage('resume-key', { keyId: ada.keyId, requestedBy });
    expect(await payments.status(ada)).toBe(200);
    expect((await ada.call('GET', '/account')).body.payment.reversal).toBeUndefined();
    await payments.endsWell([ada]);
  });

  test('and lost stays so until another payment is made', async () => {
    const bob = await payments.begin('bob@example.com');
    const dispute = await takeBack(bob, 'dispute');
    await payments.act('closeDispute', { dispute, outcome: 'lost' });
    await payments.settle();
    expect(await causes(bob)).toEqual(['payment']);
    // Nothing is paid: giving it up ends it at once.
    expect((await payments.choose(bob, 'free')).body).toEqual({ tier: 'free', outcome: 'changed' });
    expect(await causes(bob)).toEqual(['payment']);
    await payments.pass(1000);
    await payments.choose(bob, 'pro');
    await payments.pay(bob);
    expect(await causes(bob)).toEqual([]);
    expect(await payments.limit(bob)).toMatchObject({ limit: 10_000 });
    await payments.endsWell([bob]);
  });
});

describe('a payment that is given back', () => {
  test('suspends the keys, and no key can be made, until the next one', async () => {
    const carol = await payments.begin('carol@example.com');
    await takeBack(carol, 'refund');
    expect(await causes(carol)).toEqual(['payment']);
    const refused = await carol.call('POST', '/account/keys', { name: 'another' });
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringMatching(/refunded/)]);
    await expect(
      stack.manage('generate-key', { tier: 'pro', email: 'carol@example.com', requestedBy }),
    ).rejects.toMatchObject({ errorType: 'ConflictError' });
    const { periodEndsAt = '' } = (await payments.item(carol.subscriptionId)).payment ?? {};
    await payments.pass(Date.parse(periodEndsAt) - stack.clock.now() + 2 * 3_600_000);
    expect(await causes(carol)).toEqual([]);
    expect(await payments.status(carol)).toBe(200);
    expect(await payments.actions(carol)).toContain('payment-restored');
    expect((await carol.call('POST', '/account/keys', { name: 'another' })).status).toBe(201);
    await payments.endsWell([carol]);
  });

  test('is made up for at once by whoever chooses pro again and pays', async () => {
    const eve = await payments.begin('eve@example.com');
    await payments.pass(1000);
    await takeBack(eve, 'refund');
    await payments.pass(1000);
    const { body } = await payments.choose(eve, 'pro');
    expect(body).toMatchObject({ tier: 'free', outcome: 'payment-required' });
    expect((await payments.subscriptionsOf(eve)).map(({ status }) => status)).toEqual(['canceled']);
    await payments.pay(eve);
    expect(await causes(eve)).toEqual([]);
    expect(await payments.limit(eve)).toMatchObject({ limit: 10_000 });
    await payments.endsWell([eve]);
  });

  test('in part leaves everything as it is', async () => {
    const dave = await payments.begin('dave@example.com');
    await payments.act('refund', { charge: await payments.chargeOf(dave), amount: 100 });
    await payments.settle();
    expect(await causes(dave)).toEqual([]);
    expect(await payments.status(dave)).toBe(200);
  });
});
