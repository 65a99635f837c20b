import Stripe from 'stripe';
import { expect } from 'vitest';
import type { SubscriptionItem } from '../../functions/subscriptions/rules/subscription-item.ts';
import { callAs, newSubscriber, type Subscriber } from './account-support.ts';
import { deliveryOf } from './delivery-support.ts';
import { advance, hour, subscriptionItem } from './management-support.ts';
import { signIn } from './sign-in.ts';
import type { HttpAnswer, TestStack } from './test-stack.ts';

/** Cards of the stand-in: at the till, and when they are charged later. */
export type Card = 'works' | 'declines' | 'declines_later';

/** Somebody with an account, a key, and a way to pay. */
export interface Payer extends Subscriber {
  readonly subscriptionId: string;
  readonly apiKey: string;
  readonly keyId: string;
}

/** What the journeys through payment share: people at Stripe's pages, and what becomes of it here. */
export function paymentsOf(stack: TestStack) {
  const { stripe } = stack;
  if (stripe === undefined) throw new Error('this stack has no stand-in of Stripe');
  const { hostname, port } = new URL(stripe.url);
  const client = new Stripe(stripe.secretKey, { host: hostname, port, protocol: 'http' });
  const delivery = deliveryOf(stack);

  /** Everything that Stripe tells has arrived, and everything that follows from it is done. */
  async function settle(): Promise<void> {
    await stripe?.whenIdle();
    await delivery.settle();
  }

  /** What people do on Stripe's pages. */
  async function act<Answer = Record<string, unknown>>(name: string, fields: object): Promise<Answer> {
    const response = await fetch(`${stripe?.url}/_local/${name}`, {
      method: 'POST',
      body: JSON.stringify(fields),
    });
    const answer = (await response.json()) as Answer;
    if (!response.ok) throw new Error(`${name}: ${JSON.stringify(answer)}`);
    return answer;
  }

  const item = (subscriptionId: string): Promise<SubscriptionItem> => subscriptionItem(stack, subscriptionId);

  async function customerOf({ subscriptionId }: Pick<Payer, 'subscriptionId'>): Promise<string> {
    return (await item(subscriptionId)).payment?.customerId ?? '';
  }

  async function chargeOf(payer: Pick<Payer, 'subscriptionId'>): Promise<string> {
    const { data } = await client.charges.list({ customer: await customerOf(payer), limit: 1 });
    return data[0]?.id ?? '';
  }

  /** Signs in anew whenever an hour has passed: ID tokens live no longer. */
  function stayingSignedIn(person: Subscriber): Subscriber['call'] {
    let { idToken } = person.tokens;
    let since = stack.clock.now();
    return async (method, path, body, headers) => {
      if (stack.clock.now() - since > hour / 2) {
        ({ idToken } = await signIn(stack, person.email));
        since = stack.clock.now();
      }
      return callAs(stack, idToken, method, path, body, headers);
    };
  }

  return {
    client,
    settle,
    item,
    act,
    customerOf,
    chargeOf,
    /** A subscriber of tier free with one key. */
    async newPayer(email: string): Promise<Payer> {
      const person = await newSubscriber(stack, email);
      const { body, status } = await person.call('POST', '/account/keys', { name: 'Production' });
      expect(status).toBe(201);
      const { subscriptionId, apiKey, keyId } = body;
      return { ...person, call: stayingSignedIn(person), subscriptionId, apiKey, keyId };
    },
    choose: (payer: Subscriber, tier: string, note?: string): Promise<HttpAnswer> =>
      payer.call('PUT', '/account/tier', { tier, ...(note === undefined ? {} : { note }) }),
    /** At the till of the checkout that waits. */
    async pay({ subscriptionId }: Payer, card: Card = 'works'): Promise<{ status: string }> {
      const session = (await item(subscriptionId)).payment?.checkout?.id;
      const paid = await act<{ status: string }>('pay', { session, card });
      await settle();
      return paid;
    },
    /** Somebody who pays for pro. */
    async begin(email: string, card: Card = 'works'): Promise<Payer> {
      const payer = await this.newPayer(email);
      expect((await this.choose(payer, 'pro')).body.outcome).toBe('payment-required');
      expect(await this.pay(payer, card)).toMatchObject({ status: 'complete' });
      expect(await item(payer.subscriptionId)).toMatchObject({ tier: 'pro', tierCause: 'payment' });
      return payer;
    },
    subscriptionsOf: async (payer: Payer) =>
      (await client.subscriptions.list({ customer: await customerOf(payer), status: 'all' })).data,
    status: async ({ apiKey }: Pick<Payer, 'apiKey'>) => (await stack.evaluate(apiKey)).status,
    /** What the month allows, as the API announces it. */
    async limit({ apiKey }: Pick<Payer, 'apiKey'>): Promise<{ limit: number; remaining: number }> {
      const { headers } = await stack.evaluate(apiKey);
      const number = (name: string, field: string) =>
        Number(new RegExp(`${field}=(\\d+)`).exec(headers.get(name) ?? '')?.[1]);
      return { limit: number('RateLimit-Policy', 'q'), remaining: number('RateLimit', 'r') };
    },
    subjects: (payer: Payer) => delivery.subjects(payer.email),
    actions: async ({ subscriptionId }: Payer) => {
      const { entries } = await stack.manage<{ entries: { action: string; reason?: string }[] }>(
        'query-audit',
        {
          subscriptionId,
          limit: 100,
        },
      );
      return entries.map(({ action }) => action).toReversed();
    },
    /** Moves the clock, with what Stripe and the sweeps do on the way, until all that follows is done. */
    async pass(milliseconds: number): Promise<void> {
      await advance(stack, milliseconds);
      await settle();
    },
    /** Nothing is left undone, the record is whole, and no log tells a secret. */
    async endsWell(payers: readonly Payer[]): Promise<void> {
      await settle();
      await delivery.endsWell(payers.map(({ apiKey }) => apiKey));
      const logs = await stack.logs();
      for (const secret of [stripe.secretKey, stripe.webhookSecret]) expect(logs).not.toContain(secret);
    },
  };
}

export type TestPayments = ReturnType<typeof paymentsOf>;
