import { afterEach, expect, test } from 'vitest';
import { closeAll, start, subscribe } from './support.ts';

afterEach(closeAll);

async function paid() {
  const stripe = await start();
  const { customer } = await subscribe(stripe);
  const [charge] = (await stripe.client.charges.list({ customer: customer.id })).data;
  if (charge === undefined) throw new Error('no charge');
  stripe.received.length = 0;
  return { stripe, client: stripe.client, charge };
}

test('a charge is given back in parts, and never more than all of it', async () => {
  const { stripe, client, charge } = await paid();
  const part = await client.refunds.create({ charge: charge.id, amount: 900, metadata: { why: 'half' } });
  expect(part).toMatchObject({
    status: 'succeeded',
    amount: 900,
    charge: charge.id,
    metadata: { why: 'half' },
  });
  expect(await client.charges.retrieve(charge.id)).toMatchObject({ amount_refunded: 900, refunded: false });
  await expect(client.refunds.create({ charge: charge.id, amount: 2001 })).rejects.toMatchObject({
    statusCode: 400,
    param: 'amount',
  });
  const rest = await client.refunds.create({ payment_intent: String(charge.payment_intent) });
  expect(rest.amount).toBe(2000);
  const whole = await client.charges.retrieve(charge.id, { expand: ['refunds'] });
  expect(whole).toMatchObject({ amount_refunded: 2900, refunded: true });
  expect(whole.refunds?.data.map(({ id }) => id)).toEqual([rest.id, part.id]);
  await expect(client.refunds.create({ charge: charge.id })).rejects.toMatchObject({
    code: 'charge_already_refunded',
  });
  await stripe.whenIdle();
  expect(stripe.types().toSorted()).toEqual([
    'charge.refunded',
    'charge.refunded',
    'refund.created',
    'refund.created',
  ]);
  const told = (await client.events.list({ type: 'charge.refunded' })).data[0];
  expect(told?.data).toMatchObject({
    object: { refunded: true },
    previous_attributes: { amount_refunded: 900, refunded: false },
  });
  const { data } = await client.refunds.list({ charge: charge.id });
  expect(data.map(({ amount }) => amount)).toEqual([2000, 900]);
});

test('the operator gives back without the API', async () => {
  const { stripe, client, charge } = await paid();
  expect(await stripe.act('refund', { charge: charge.id })).toMatchObject({ amount: 2900 });
  expect(await client.charges.retrieve(charge.id)).toMatchObject({ refunded: true });
  const [told] = (await client.events.list({ type: 'refund.created' })).data;
  expect(told?.request).toEqual({ id: null, idempotency_key: null });
});

test.each(['won', 'lost'] as const)('a dispute takes the money, and is %s', async (outcome) => {
  const { stripe, client, charge } = await paid();
  const dispute = await stripe.act('dispute', { charge: charge.id });
  expect(await client.disputes.retrieve(dispute.id)).toMatchObject({
    status: 'needs_response',
    charge: charge.id,
    amount: 2900,
    payment_intent: charge.payment_intent,
  });
  expect(await client.charges.retrieve(charge.id)).toMatchObject({ disputed: true, refunded: false });
  await expect(client.refunds.create({ charge: charge.id })).rejects.toMatchObject({
    code: 'charge_disputed',
  });
  await expect(stripe.act('dispute', { charge: charge.id })).rejects.toThrow('disputed already');
  await stripe.act('closeDispute', { dispute: dispute.id, outcome });
  const { data } = await client.disputes.list({ charge: charge.id, expand: ['data.charge'] });
  expect(data.map(({ status }) => status)).toEqual([outcome]);
  expect(data[0]?.charge).toMatchObject({ id: charge.id });
  await expect(stripe.act('closeDispute', { dispute: dispute.id, outcome })).rejects.toThrow('is closed');
  await stripe.whenIdle();
  expect(stripe.types().toSorted()).toEqual([
    'charge.dispute.closed',
    'charge.dispute.created',
    ...(outcome === 'won' ? ['charge.dispute.funds_reinstated'] : []),
    'charge.dispute.funds_withdrawn',
    'charge.dispute.updated',
  ]);
});

test('the JSON beside the API says what it does not know, and what is wrong', async () => {
  const { stripe } = await paid();
  await expect(stripe.act('explode', {})).rejects.toThrow('There is no "explode"; there are pay');
  await expect(stripe.act('refund', { charge: 'ch_none' })).rejects.toThrow('No such charge');
  await expect(stripe.act('refund', { amount: 5 })).rejects.toThrow('charge:');
});
