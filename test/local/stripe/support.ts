import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import StripeClient from 'stripe';
import { type Clock, createClock } from '../../../local/clock.ts';
import { openState, type State } from '../../../local/state.ts';
import { type Stripe, startStripe } from '../../../local/stripe/start-stripe.ts';

const closing: (() => Promise<void>)[] = [];
/** For `afterEach`: ends what the test has started. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

/** What the webhook was sent. */
export interface Received {
  readonly body: string;
  readonly signature: string;
  readonly event: StripeClient.Event;
  /** Of the clock, in milliseconds. */
  readonly at: number;
}

export interface TestStripe extends Stripe {
  /** The unmodified client, with the stand-in's key. */
  readonly client: StripeClient;
  readonly clock: Clock;
  readonly state: State;
  readonly received: Received[];
  /** Lines of the log. */
  readonly lines: string[];
  /** What the webhook answers from now on. */
  answer(status: number): void;
  /** From now on the webhook answers only once the returned function is called. */
  hold(): () => void;
  types(): string[];
  /** `POST /_local/<name>` @throws Error with the message of a refusal */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  act(name: string, input: object): Promise<any>;
  /** Moves the clock to a time given in milliseconds, or as ISO 8601 text. */
  moveTo(target: number | string): Promise<void>;
}

/** A client for `url` with the given key. */
export function clientOf(url: string, key: string, maxNetworkRetries = 0): StripeClient {
  const { hostname, port } = new URL(url);
  return new StripeClient(key, { host: hostname, port, protocol: 'http', maxNetworkRetries });
}

/** A stand-in with a webhook that takes everything; `closeAll` ends both. */
export async function start(
  options: { state?: State; from?: string; webhookUrl?: () => string | undefined } = {},
): Promise<TestStripe> {
  const state = options.state ?? openState(':memory:');
  const clock = createClock({ state });
  if (options.from !== undefined) await clock.moveTo(Date.parse(options.from));
  const received: Received[] = [];
  const lines: string[] = [];
  let status = 200;
  let held: Promise<void> | undefined;
  const webhook = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const signature = String(request.headers['stripe-signature']);
    received.push({ body, signature, event: JSON.parse(body), at: clock.now() });
    const answered = status;
    await held;
    response.writeHead(answered).end();
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  const ownWebhook = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/webhooks/stripe`;
  const stripe = await startStripe({
    port: 0,
    clock,
    state,
    log: (line) => lines.push(line),
    webhookUrl: options.webhookUrl ?? (() => ownWebhook),
  });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= stripe.close().then(() => {
      webhook.closeAllConnections();
      webhook.close();
    });
    return closed;
  };
  closing.push(close);
  return {
    ...stripe,
    close,
    clock,
    state,
    received,
    lines,
    client: clientOf(stripe.url, stripe.secretKey),
    answer: (next) => {
      status = next;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    types: () => received.map(({ event }) => event.type),
    act: async (name, input) => {
      const response = await fetch(`${stripe.url}/_local/${name}`, {
        method: 'POST',
        body: JSON.stringify(input),
      });
      // biome-ignore lint/suspicious/noExplicitAny: see above.
      const body = (await response.json()) as any;
      if (!response.ok) throw new Error(body.error.message);
      return body;
    },
    moveTo: (target) => clock.moveTo(typeof target === 'string' ? Date.parse(target) : target),
  };
}

/** Parameters of a session for a plan at 29 dollars a month. */
export function sessionOf(
  customer: string,
  more: Partial<StripeClient.Checkout.SessionCreateParams> = {},
): StripeClient.Checkout.SessionCreateParams {
  return {
    mode: 'subscription',
    customer,
    client_reference_id: 'subscription-1',
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: 'usd',
          unit_amount: 2900,
          recurring: { interval: 'month' },
          product_data: { name: 'Pro' },
        },
      },
    ],
    success_url: 'https://example.com/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://example.com/back?session={CHECKOUT_SESSION_ID}',
    metadata: { order: '7' },
    subscription_data: { metadata: { plan: 'pro' } },
    ...more,
  };
}

/** A customer who has paid for a plan. */
export async function subscribe(
  stripe: TestStripe,
  { card = 'works', ...more }: Partial<StripeClient.Checkout.SessionCreateParams> & { card?: string } = {},
) {
  const customer = await stripe.client.customers.create({ email: 'a@example.com', name: 'Ada' });
  const session = await stripe.client.checkout.sessions.create(sessionOf(customer.id, more));
  const paid = (await stripe.act('pay', { session: session.id, card })) as StripeClient.Checkout.Session;
  const subscription = await stripe.client.subscriptions.retrieve(String(paid.subscription));
  await stripe.whenIdle();
  return { customer, session: paid, subscription };
}

/** ISO 8601 day of a time in seconds. */
export function day(seconds: number | null | undefined): string {
  return new Date((seconds ?? 0) * 1000).toISOString().slice(0, 10);
}
