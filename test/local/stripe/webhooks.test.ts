import { afterEach, expect, test, vi } from 'vitest';
import { closeAll, start, subscribe } from './support.ts';

afterEach(closeAll);

const minutes = 60_000;

test('a delivery is signed over its very bytes, at the time of the clock', async () => {
  const stripe = await start({ from: '2031-05-05T00:00:00Z' });
  const { client, clock, received, webhookSecret } = stripe;
  const customer = await client.customers.create({ email: 'a@example.com' });
  await stripe.whenIdle();
  const [{ body, signature } = { body: '', signature: '' }] = received;
  const verify = (text: string, secret: string, now = clock.now()) =>
    client.webhooks.constructEvent(text, signature, secret, 300, undefined, now);
  expect(verify(body, webhookSecret)).toMatchObject({
    object: 'event',
    type: 'customer.created',
    livemode: false,
    pending_webhooks: 1,
    data: { object: customer },
  });
  expect(() => verify(body, 'whsec_other')).toThrow('No signatures found');
  expect(() => verify(JSON.stringify(JSON.parse(body)), webhookSecret)).toThrow('No signatures found');
  expect(() => verify(body, webhookSecret, clock.now() + 600_000)).toThrow('tolerance');
});

test('what was taken is delivered, and told so', async () => {
  const stripe = await start();
  const { id } = await stripe.client.customers.create();
  await stripe.whenIdle();
  const [event] = (await stripe.client.events.list({ delivery_success: true })).data;
  expect(event).toMatchObject({ pending_webhooks: 0, data: { object: { id } } });
  expect((await stripe.client.events.list({ delivery_success: false })).data).toEqual([]);
});

test('what was not taken comes again after growing pauses of the clock, until it is', async () => {
  const stripe = await start();
  stripe.answer(500);
  await stripe.client.customers.create();
  await stripe.whenIdle();
  expect(stripe.received).toHaveLength(1);
  const first = stripe.clock.now();
  await stripe.moveTo(first + 4 * minutes);
  expect(stripe.received).toHaveLength(1);
  await stripe.moveTo(first + 6 * minutes);
  expect(stripe.received).toHaveLength(2);
  stripe.answer(200);
  await stripe.moveTo(first + 60 * minutes);
  expect(stripe.received).toHaveLength(3);
  await stripe.moveTo(first + 3000 * minutes);
  expect(stripe.received).toHaveLength(3);
  const [one, , three] = stripe.received;
  expect(three?.body).toBe(one?.body);
  expect(three?.signature).not.toBe(one?.signature);
});

test('what nobody takes is given up after three days, and can be sent again', async () => {
  const stripe = await start();
  stripe.answer(500);
  await stripe.client.customers.create();
  await stripe.whenIdle();
  await stripe.moveTo(stripe.clock.now() + 3 * 86_400_000);
  const attempts = stripe.received.length;
  expect(attempts).toBeGreaterThan(3);
  await stripe.moveTo(stripe.clock.now() + 10 * 86_400_000);
  expect(stripe.received).toHaveLength(attempts);
  const [event] = (await stripe.client.events.list()).data;
  expect(event?.pending_webhooks).toBe(1);
  stripe.answer(200);
  await stripe.act('resend', { event: event?.id });
  await stripe.whenIdle();
  expect(stripe.received).toHaveLength(attempts + 1);
  const { data } = (await (await fetch(`${stripe.url}/_local/deliveries`)).json()) as { data: object[] };
  expect(data).toEqual([expect.objectContaining({ event: event?.id, state: 'delivered' })]);
});

test('what waits survives the end of the process, and so do all objects and the secrets', async () => {
  const first = await start();
  first.answer(500);
  const { customer, subscription } = await subscribe(first);
  await first.close();
  const second = await start({ state: first.state });
  expect([second.secretKey, second.webhookSecret]).toEqual([first.secretKey, first.webhookSecret]);
  expect(await second.client.customers.retrieve(customer.id)).toMatchObject({ email: 'a@example.com' });
  expect(await second.client.subscriptions.retrieve(subscription.id)).toEqual(subscription);
  expect(second.received).toEqual([]);
  await second.moveTo(second.clock.now() + 6 * minutes);
  expect(second.types().toSorted()).toEqual([...new Set(first.types())].toSorted());
});

test('events wait until it is known where the webhook stands', async () => {
  const target = await start();
  let address: string | undefined;
  const stripe = await start({ webhookUrl: () => address });
  await stripe.client.customers.create();
  await stripe.whenIdle();
  expect(stripe.lines.filter((line) => line.startsWith('evt_'))).toEqual([]);
  address = `${target.url}/webhooks`;
  stripe.start();
  await vi.waitFor(() => expect(stripe.lines.at(-1)).toMatch(/^evt_\w+ customer.created: 404; again at /));
});

test('a delivery that the clock overtook is made anew, and no failure', async () => {
  const stripe = await start();
  stripe.answer(400);
  const release = stripe.hold();
  await stripe.client.customers.create();
  await vi.waitFor(() => expect(stripe.received).toHaveLength(1));
  stripe.answer(200);
  const before = stripe.clock.now();
  const moved = stripe.moveTo(before + 86_400_000);
  await vi.waitFor(() => expect(stripe.clock.now()).toBeGreaterThan(before + 80_000_000));
  release();
  await moved;
  expect(stripe.received).toHaveLength(2);
  const [event] = (await stripe.client.events.list()).data;
  expect(event?.pending_webhooks).toBe(0);
});

test('deliveries are under way together, and the end waits for them', async () => {
  const stripe = await start();
  const release = stripe.hold();
  await Promise.all([1, 2, 3].map(() => stripe.client.customers.create()));
  await vi.waitFor(() => expect(stripe.received).toHaveLength(3));
  const closed = stripe.close();
  release();
  await closed;
  const second = await start({ state: stripe.state });
  await second.whenIdle();
  expect(second.received).toEqual([]);
});
