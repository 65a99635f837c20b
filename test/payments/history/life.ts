import { expect } from 'vitest';
import { changeTier } from '../../../functions/keys/change-tier.ts';
import { generateApiKey } from '../../../functions/keys/generate-api-key.ts';
import { resumeKey, suspendKey } from '../../../functions/keys/suspend-key.ts';
import { approveRequest, declineRequest } from '../../../functions/payments/answer-request.ts';
import { chooseTier } from '../../../functions/payments/choose-tier.ts';
import { receiveEvent } from '../../../functions/payments/receive-event.ts';
import { settle } from '../../../functions/payments/settle.ts';
import { isDomainError, UnavailableError } from '../../../functions/runtime/errors.ts';
import { Death, Outage } from '../../delivery/year/process.ts';
import type { Delivery, Happening, Step } from './happenings.ts';
import type { Message } from './stripe-model.ts';
import { type Circumstances, type Functions, PaymentWorld, subscriptionId } from './world.ts';

const hour = 3_600_000;
const stripeActor = { kind: 'system', id: 'stripe' } as const;

/** What happens to one account, as people, Stripe and the product do it. */
export class Life {
  readonly world: PaymentWorld;
  /** Messages that are still to be delivered; whoever was not answered 200 stays. */
  waiting: Message[] = [];
  /** Addresses of checkouts that the owner was told of. */
  readonly told = new Set<string>();
  /** Keys that an admin suspended. */
  readonly suspended = new Set<string>();
  #sent = 0;
  #delivered: Message[] = [];

  constructor(world = new PaymentWorld()) {
    this.world = world;
  }

  /** @param check called whenever something may have been written */
  async step({ happenings, fault, seed, hours, sweeps }: Step, check: () => void): Promise<void> {
    const outcomes = await Promise.allSettled(
      happenings.map((each, index) =>
        this.happen(each, { seed: seed + index, ...(index === 0 ? { fault } : {}) }),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') tolerate(outcome.reason);
    check();
    for (let passed = 0; passed < hours; passed++) {
      this.world.now += hour;
      this.world.stripe.advance();
      if (sweeps) await this.sweep({ seed: seed + passed });
      if (passed % 24 === 0) check();
    }
    check();
  }

  async sweep(circumstances: Circumstances): Promise<void> {
    const { world } = this;
    // Most hours have nothing due, and need no process.
    const { nextActionAt } = world.subscription;
    if (nextActionAt === undefined || Date.parse(nextActionAt) > world.now) return;
    await world.run(circumstances, (functions) =>
      settle(world.act({ kind: 'system', id: 'settle-payments' }), () => true, functions),
    );
  }

  /** Collects what Stripe has to tell. */
  collectMessages(): void {
    const { messages } = this.world.stripe;
    this.waiting.push(...messages.slice(this.#sent));
    this.#sent = messages.length;
  }

  /** Delivers everything that waits, until nothing does. */
  async deliverAll(seed: number): Promise<void> {
    for (let round = 0; round < 20; round++) {
      this.collectMessages();
      if (this.waiting.length === 0) return;
      await this.deliver(
        { kind: 'deliver', most: 100, together: false, again: true },
        { seed: seed + round },
      );
    }
    throw new Error('Stripe has always something new to tell');
  }

  async deliver(
    { most, together, again }: Omit<Delivery, 'kind'> & { kind?: string },
    { seed, fault }: Circumstances,
  ) {
    this.collectMessages();
    const repeated = again ? this.#delivered.slice(-3) : [];
    const taken = shuffled([...this.waiting, ...repeated], seed).slice(0, most);
    const one = async (message: Message, index: number) => {
      await this.#receive(message, { seed: seed + index, ...(index === 0 ? { fault } : {}) });
      this.waiting = this.waiting.filter(({ id }) => id !== message.id);
      this.#delivered.push(message);
    };
    const failures: unknown[] = [];
    // Stripe has few requests under way at once for one endpoint.
    const groups = together
      ? [taken.slice(0, 4), ...taken.slice(4).map((each) => [each])]
      : taken.map((each) => [each]);
    for (const group of groups) {
      const outcomes = await Promise.allSettled(group.map(one));
      failures.push(...outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : [])));
    }
    for (const failure of failures) tolerate(failure);
  }

  async happen(happening: Happening, circumstances: Circumstances): Promise<void> {
    const { stripe } = this.world;
    // In the middle of what the product does at that moment, not before it.
    if (isElsewhere(happening)) await turns(circumstances.seed % 200);
    switch (happening.kind) {
      case 'cards':
        stripe.cardsWork = happening.work;
        return;
      case 'pay': {
        const session = stripe.sessions.findLast(
          ({ url, status }) => this.told.has(url) && status === 'open',
        );
        if (session !== undefined) stripe.pay(session);
        return;
      }
      case 'collect':
        for (const subscription of stripe.subscriptions) {
          if (subscription.status === 'past_due') stripe.collect(subscription);
        }
        return;
      case 'portal': {
        const running = stripe.subscriptions.findLast(({ status }) => status !== 'canceled');
        if (running !== undefined) stripe.setEnding(running, happening.ends);
        return;
      }
      case 'stripe-cancels': {
        const running = stripe.subscriptions.findLast(({ status }) => status !== 'canceled');
        if (running !== undefined) stripe.end(running);
        return;
      }
      case 'delete-customer':
        stripe.deleteCustomer([...stripe.customers.keys()].at(-1) ?? '');
        return;
      case 'refund':
      case 'dispute':
      case 'inquiry':
      case 'close-dispute':
        this.#moveMoney(happening);
        return;
      case 'deliver':
        return this.deliver(happening, circumstances);
      case 'sweep':
        return this.sweep(circumstances);
      default:
        await this.world.run(circumstances, (functions) => this.#act(happening, functions));
    }
  }

  #moveMoney(happening: Happening & { readonly which: number }): void {
    const { stripe } = this.world;
    const newestFirst = stripe.charges.toReversed();
    const charge = newestFirst[happening.which % Math.max(1, newestFirst.length)];
    if (charge === undefined) return;
    if (happening.kind === 'refund') stripe.refund(charge);
    else if (happening.kind === 'dispute') stripe.dispute(charge, 'needs_response');
    else if (happening.kind === 'inquiry') stripe.dispute(charge, 'warning_needs_response');
    else if (happening.kind === 'close-dispute') stripe.closeDispute(charge, happening.outcome);
  }

  async #act(happening: Happening, functions: Functions): Promise<void> {
    const { world } = this;
    const owner = world.act({ kind: 'owner', id: subscriptionId });
    const admin = world.act({ kind: 'admin', id: 'grace' });
    switch (happening.kind) {
      case 'choose': {
        const { tier } = happening;
        const { checkout } = await chooseTier(
          { subscriptionId, tier, note: 'many requests' },
          owner,
          functions,
        );
        if (checkout !== undefined) this.told.add(checkout.url);
        return;
      }
      case 'admin-tier':
        await changeTier({ subscriptionId, tier: happening.tier }, admin, functions);
        return;
      case 'approve':
        await approveRequest({ subscriptionId }, admin, functions);
        return;
      case 'decline':
        await declineRequest({ subscriptionId, reason: 'not now' }, admin, functions);
        return;
      case 'generate': {
        const { tier, email } = world.subscription;
        const request = {
          subscriptionId,
          tier: tier as 'free',
          email,
          prefix: 'user',
          name: 'k',
          deliver: false,
        };
        await generateApiKey(request, owner, functions);
        return;
      }
      case 'suspend':
      case 'resume': {
        const { keys } = world;
        const { keyId } = keys[happening.which % keys.length] ?? { keyId: '' };
        const request = { keyId, cause: 'admin' as const };
        // An act that fails after its effect is not noted: who compares with this has no faults.
        if (happening.kind === 'suspend') {
          await suspendKey(request, admin, functions);
          this.suspended.add(keyId);
        } else {
          await resumeKey(request, admin, functions);
          this.suspended.delete(keyId);
        }
        return;
      }
      default:
        throw new Error(`nobody does ${happening.kind}`);
    }
  }

  async #receive({ id, about }: Message, circumstances: Circumstances): Promise<void> {
    await this.world.run(circumstances, (functions) =>
      receiveEvent({ id, about }, this.world.act(stripeActor), functions),
    );
  }
}

/** One account that has paid for pro, and everything that Stripe told of it has arrived. */
export async function paying(): Promise<Life> {
  const life = new Life();
  await life.happen({ kind: 'choose', tier: 'pro' }, { seed: 1 });
  await life.happen({ kind: 'pay' }, { seed: 1 });
  await life.deliverAll(1);
  expect(life.world.subscription.tier).toBe('pro');
  return life;
}

/** On Stripe's side, and not by the product. */
function isElsewhere({ kind }: Happening): boolean {
  const ours = [
    'choose',
    'admin-tier',
    'approve',
    'decline',
    'generate',
    'suspend',
    'resume',
    'deliver',
    'sweep',
  ];
  return !ours.includes(kind);
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await undefined;
}

/** What may befall a call: the process died, something it needs failed, or it was refused. */
function tolerate(reason: unknown): void {
  const isExpected =
    reason instanceof Death ||
    reason instanceof Outage ||
    reason instanceof UnavailableError ||
    isDomainError(reason);
  if (!isExpected) throw reason;
}

export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const rest = [...list];
  const result: T[] = [];
  let turn = (seed >>> 0) + 1;
  while (rest.length > 0) {
    turn = (Math.imul(turn, 1_103_515_245) + 12_345) >>> 0;
    result.push(...rest.splice((turn >>> 8) % rest.length, 1));
  }
  return result;
}
