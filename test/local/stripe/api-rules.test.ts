import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import StripeClient from 'stripe';
import { afterEach, describe, expect, test } from 'vitest';
import { clientOf, closeAll, sessionOf, start, subscribe, type TestStripe } from './support.ts';

afterEach(closeAll);

/** A request as no client would send it. */
async function raw(
  { url, secretKey }: TestStripe,
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${secretKey}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: errors of every shape.
  return { status: response.status, headers: response.headers, body: (await response.json()) as any };
}

describe('a request is refused', () => {
  test('with a wrong key, or none, by 401', async () => {
    const stripe = await start();
    const client = clientOf(stripe.url, 'sk_test_wrong1234');
    await expect(client.customers.create()).rejects.toMatchObject({
      type: 'StripeAuthenticationError',
      statusCode: 401,
    });
    const answer = await raw(stripe, 'GET', '/v1/events', undefined, { authorization: '' });
    expect([answer.status, answer.body.error.message]).toEqual([
      401,
      expect.stringContaining('did not provide'),
    ]);
  });

  test('for another version than its own', async () => {
    const { client } = await start();
    await expect(
      client.customers.create({}, { apiVersion: '2020-08-27' as typeof StripeClient.API_VERSION }),
    ).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('2020-08-27') });
  });

  test.each([
    [
      'an unknown parameter',
      'email=a&colour=red',
      'parameter_unknown',
      'colour',
      /unknown parameter: colour/,
    ],
    ['unknown parameters', 'a=1&b[c]=2', 'parameter_unknown', 'a', /unknown parameters: a, b/],
    ['an `expand` that is no list', 'expand=x', undefined, 'expand', /Invalid array/],
    [
      'a property that cannot be expanded',
      'expand[]=email',
      undefined,
      'expand',
      /cannot be expanded \(email\)/,
    ],
    ['metadata that is no object', 'metadata=x', undefined, 'metadata', /Invalid object/],
    ['a name that is text and object', 'metadata[a]=1&metadata=x', undefined, 'metadata', /Invalid object/],
  ])('for %s', async (_, body, code, param, message) => {
    const stripe = await start();
    const { status, body: answer } = await raw(stripe, 'POST', '/v1/customers', body);
    expect(status).toBe(400);
    expect(answer.error).toMatchObject({
      type: 'invalid_request_error',
      param,
      message: expect.stringMatching(message),
    });
    expect(answer.error.code).toBe(code);
    expect((await stripe.client.customers.list()).data).toEqual([]);
  });

  test.each([
    ['without a customer', { customer: undefined }, 'parameter_missing', 'customer'],
    ['of a customer that is not there', { customer: 'cus_none' }, 'resource_missing', 'customer'],
    ['in another mode', { mode: 'payment' }, undefined, 'mode'],
    ['with an address that is none', { success_url: 'nowhere' }, 'url_invalid', 'success_url'],
    [
      'with a parameter of former versions',
      { payment_method_types: ['card'] },
      'parameter_unknown',
      'payment_method_types',
    ],
    ['with taxes', { automatic_tax: { enabled: true } }, 'parameter_unknown', 'automatic_tax'],
    [
      'with a price that is no number',
      { line_items: [{ quantity: 1, price_data: price({ unit_amount: 'many' }) }] },
      'parameter_invalid_integer',
      'line_items[0][price_data][unit_amount]',
    ],
    [
      'without a quantity',
      { line_items: [{ price_data: price({}) }] },
      'parameter_missing',
      'line_items[0][quantity]',
    ],
    [
      'with an unknown interval',
      { line_items: [{ quantity: 1, price_data: price({ recurring: { interval: 'decade' } }) }] },
      undefined,
      'line_items[0][price_data][recurring][interval]',
    ],
    [
      'for less than can be charged',
      { line_items: [{ quantity: 1, price_data: price({ unit_amount: 49 }) }] },
      'amount_too_small',
      undefined,
    ],
  ])('for a session %s', async (_, wrong, code, param) => {
    const { client } = await start();
    const customer = await client.customers.create();
    const parameters = { ...sessionOf(customer.id), ...wrong } as StripeClient.Checkout.SessionCreateParams;
    const refused = await client.checkout.sessions.create(parameters).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StripeClient.errors.StripeInvalidRequestError);
    expect(refused).toMatchObject({ statusCode: 400 });
    expect(refused as object).toMatchObject({ ...(code && { code }), ...(param && { param }) });
    expect((await client.checkout.sessions.list()).data).toEqual([]);
  });

  test('for what is not there, by 404', async () => {
    const { client } = await start();
    for (const asked of [
      client.customers.retrieve('cus_none'),
      client.subscriptions.cancel('sub_none'),
      client.invoices.retrieve('in_none'),
      client.checkout.sessions.retrieve('cs_none'),
    ]) {
      await expect(asked).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
    }
  });

  test('for what the stand-in does not have, by 404 that names it', async () => {
    const { client } = await start();
    await expect(client.coupons.create({ percent_off: 10 })).rejects.toMatchObject({
      statusCode: 404,
      message: expect.stringContaining('POST: /v1/coupons'),
    });
  });

  test('for a proration that would wait for a later invoice, and for an end at a date', async () => {
    const stripe = await start();
    const { subscription } = await subscribe(stripe);
    const { subscriptions } = stripe.client;
    await expect(subscriptions.cancel(subscription.id, { prorate: true })).rejects.toMatchObject({
      param: 'prorate',
    });
    await expect(subscriptions.update(subscription.id, { cancel_at: 2_000_000_000 })).rejects.toMatchObject({
      param: 'cancel_at',
    });
    await subscriptions.cancel(subscription.id, { prorate: false, invoice_now: false });
  });

  test('of a web page, and by a name that a stranger chose', async () => {
    const stripe = await start();
    const status = async (path: string, headers: Record<string, string>) => {
      const request = httpRequest(`${stripe.url}${path}`, { headers }).end();
      const [response] = await once(request, 'response');
      response.resume();
      return response.statusCode;
    };
    const authorization = `Bearer ${stripe.secretKey}`;
    expect(await status('/v1/events', { authorization })).toBe(200);
    for (const path of ['/v1/events', '/_local/deliveries', '/']) {
      expect(await status(path, { authorization, origin: 'https://example.com' })).toBe(403);
      expect(await status(path, { authorization, host: 'rebound.example.com:8027' })).toBe(403);
    }
    // Not even its own pages reach the API.
    expect(await status('/v1/events', { authorization, origin: stripe.url })).toBe(403);
  });
});

function price(wrong: object) {
  return {
    currency: 'usd',
    unit_amount: 2900,
    recurring: { interval: 'month' },
    product_data: { name: 'Pro' },
    ...wrong,
  };
}

describe('answers', () => {
  test('carry the id of the request and the version', async () => {
    const { client } = await start();
    const { lastResponse } = await client.customers.create();
    expect(lastResponse.requestId).toMatch(/^req_\w{14}$/);
    expect(lastResponse.apiVersion).toBe(StripeClient.API_VERSION);
  });

  test('say nothing of the secrets, and neither does the log', async () => {
    const stripe = await start();
    await subscribe(stripe);
    await clientOf(stripe.url, `${stripe.secretKey}x`)
      .customers.list()
      .catch(() => {});
    const pages = await (await fetch(stripe.url)).text();
    for (const secret of [stripe.secretKey, stripe.webhookSecret]) {
      expect([...stripe.lines, pages, ...stripe.received.map(({ body }) => body)].join('\n')).not.toContain(
        secret,
      );
    }
  });
});

describe('customers', () => {
  test('are changed field by field, and metadata key by key', async () => {
    const stripe = await start();
    const { client } = stripe;
    const { id } = await client.customers.create({ email: 'a@example.com', metadata: { a: '1', b: '2' } });
    const changed = await client.customers.update(id, { name: 'Ada', metadata: { b: '', c: '3' } });
    expect(changed).toMatchObject({ email: 'a@example.com', name: 'Ada', metadata: { a: '1', c: '3' } });
    expect(changed.metadata).not.toHaveProperty('b');
    expect((await client.customers.update(id, { metadata: '' })).metadata).toEqual({});
    await stripe.whenIdle();
    const told = (await client.events.list({ type: 'customer.updated' })).data.at(-1);
    expect(told?.data.previous_attributes).toEqual({ name: null, metadata: { a: '1', b: '2' } });
    expect(told?.request?.id).toMatch(/^req_/);
  });

  test('that are not changed are no event', async () => {
    const { client } = await start();
    const { id } = await client.customers.create({ name: 'Ada' });
    await client.customers.update(id, { name: 'Ada' });
    expect((await client.events.list({ type: 'customer.updated' })).data).toEqual([]);
  });

  test('that are deleted end their subscriptions at once, and are known as deleted', async () => {
    const stripe = await start();
    const { client } = stripe;
    const { customer, subscription } = await subscribe(stripe);
    expect(await client.customers.del(customer.id)).toEqual({
      id: customer.id,
      object: 'customer',
      deleted: true,
    });
    expect(await client.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
    expect(await client.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'canceled' });
    await expect(client.customers.update(customer.id, { name: 'x' })).rejects.toMatchObject({
      statusCode: 404,
    });
    await expect(client.customers.del(customer.id)).rejects.toMatchObject({ statusCode: 404 });
    await stripe.whenIdle();
    expect(stripe.types()).toEqual(
      expect.arrayContaining(['customer.deleted', 'customer.subscription.deleted']),
    );
  });
});

describe('lists', () => {
  test('come page by page, and the client walks through them', async () => {
    const { client } = await start();
    const made: string[] = [];
    for (let i = 0; i < 7; i++) made.unshift((await client.customers.create({ name: `${i}` })).id);
    const first = await client.customers.list({ limit: 3 });
    expect([first.data.map(({ id }) => id), first.has_more]).toEqual([made.slice(0, 3), true]);
    const last = await client.customers.list({ limit: 3, starting_after: made[3] as string });
    expect([last.data.map(({ id }) => id), last.has_more]).toEqual([made.slice(4), false]);
    const back = await client.customers.list({ limit: 2, ending_before: made[3] as string });
    expect([back.data.map(({ id }) => id), back.has_more]).toEqual([made.slice(1, 3), true]);
    const all = await client.customers.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
    expect(all.map(({ id }) => id)).toEqual(made);
  });

  test.each([
    [{ limit: 0 }, 'greater than or equal to 1', 'limit'],
    [{ limit: 101 }, 'less than or equal to 100', 'limit'],
    [{ starting_after: 'cus_none' }, 'No such customer', 'starting_after'],
  ])('refuse %j', async (parameters, message, param) => {
    const { client } = await start();
    await expect(client.customers.list(parameters)).rejects.toMatchObject({
      statusCode: 400,
      param,
      message: expect.stringContaining(message),
    });
  });
});

describe('an idempotency key', () => {
  test('gives the first answer again, and makes nothing twice', async () => {
    const { client } = await start();
    const once = await client.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
    const again = await client.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
    expect(again).toEqual(once);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(again.lastResponse.headers['original-request']).toBe(once.lastResponse.requestId);
    expect(once.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect((await client.customers.list()).data).toHaveLength(1);
  });

  test('of other parameters, or of another path, is refused', async () => {
    const { client } = await start();
    const { id } = await client.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
    for (const other of [
      client.customers.create({ name: 'Bob' }, { idempotencyKey: 'k' }),
      client.customers.update(id, { name: 'Ada' }, { idempotencyKey: 'k' }),
    ]) {
      await expect(other).rejects.toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
    }
  });

  test('is in use while its request is under way: one of many makes it, the others hear 409 or its answer', async () => {
    const { client, url, secretKey } = await start();
    const asked = () => client.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, asked));
    const ids = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.id] : []));
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(new Set(ids).size).toBe(1);
    expect(refusals.length).toBeGreaterThan(0);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    }
    expect((await client.customers.list()).data).toHaveLength(1);
    // The client's own retries get there.
    const patient = clientOf(url, secretKey, 2);
    const two = await Promise.all(
      ['p', 'p'].map((idempotencyKey) => patient.customers.create({ name: 'Bob' }, { idempotencyKey })),
    );
    expect(two[0]?.id).toBe(two[1]?.id);
  });

  test('is free again after 24 hours', async () => {
    const { client, clock, moveTo } = await start();
    const before = await client.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' });
    await moveTo(clock.now() + 86_000_000);
    expect((await client.customers.create({ name: 'Ada' }, { idempotencyKey: 'k' })).id).toBe(before.id);
    await moveTo(clock.now() + 1_000_000);
    expect((await client.customers.create({ name: 'Bob' }, { idempotencyKey: 'k' })).id).not.toBe(before.id);
  });

  test('keeps a refusal of what was carried out, and none of what was not understood', async () => {
    const { client } = await start();
    const update = () => client.customers.update('cus_none', { name: 'Ada' }, { idempotencyKey: 'k' });
    await expect(update()).rejects.toMatchObject({ statusCode: 404 });
    await expect(update()).rejects.toMatchObject({ headers: { 'idempotent-replayed': 'true' } });
    const wrong = { colour: 'red' } as StripeClient.CustomerCreateParams;
    await expect(client.customers.create(wrong, { idempotencyKey: 'l' })).rejects.toMatchObject({
      code: 'parameter_unknown',
    });
    await client.customers.create({}, { idempotencyKey: 'l' });
  });
});
