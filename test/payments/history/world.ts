import { createHash } from 'node:crypto';
import type { KeyItem } from '../../../functions/keys/index.ts';
import { createIdempotencyStore } from '../../../functions/keys/stores/idempotency-store.ts';
import { createKeyStore } from '../../../functions/keys/stores/key-store.ts';
import { createPaymentStore } from '../../../functions/payments/stores/payment-store.ts';
import type { Act, Actor } from '../../../functions/runtime/rules/change.ts';
import type { SubscriptionItem } from '../../../functions/subscriptions/index.ts';
import { createDueSubscriptions } from '../../../functions/subscriptions/stores/due-subscriptions.ts';
import { createSubscriptionStore } from '../../../functions/subscriptions/stores/subscription-store.ts';
import { createSubscriptions } from '../../../functions/subscriptions/subscriptions.ts';
import { tiers } from '../../../lib/tiers.ts';
import { peppers, policy } from '../../delivery/year/functions.ts';
import { type Item, MemoryTables } from '../../delivery/year/memory-tables.ts';
import { type Fault, Process } from '../../delivery/year/process.ts';
import { StripeModel } from './stripe-model.ts';

export const start = Date.parse('2026-11-23T10:20:30.400Z');
export const subscriptionId = 'sub_0123456789AbCdEfGhIj';
const usageKey = 'usage-key-of-free';

export interface Circumstances {
  readonly seed: number;
  readonly fault?: Fault | undefined;
}

export type Functions = ReturnType<PaymentWorld['compose']>;

/** One account with one key, its tables and Stripe in memory, and a clock. */
export class PaymentWorld {
  now = start;
  readonly stripe: StripeModel;
  readonly tables: MemoryTables;
  /** Every revision of the subscription, in order. */
  readonly revisions: SubscriptionItem[] = [];
  /** Writes of subscriptions and keys. */
  changes = 0;
  #requests = 0;

  constructor() {
    this.stripe = new StripeModel(() => this.now);
    this.tables = new MemoryTables((table, item) => this.#note(table, item));
    this.#plant();
  }

  /** Runs a function of the product as one process. @throws Death, Outage and whatever the function throws */
  run<T>({ seed, fault }: Circumstances, task: (functions: Functions) => Promise<T>): Promise<T> {
    const process = new Process(seed, fault);
    return process.run(task(this.compose(process)));
  }

  /** The product's own stores over tables in memory, as one process has them. */
  compose({ reach }: Pick<Process, 'reach'>) {
    const client = this.tables.client(reach);
    const store = createSubscriptionStore(client, 'subscriptions');
    const usageKeys = { ensure: () => Promise.resolve(), remove: () => Promise.resolve() };
    const gateway = this.stripe.gateway(reach);
    return {
      client,
      policy,
      peppers,
      limits: tiers,
      keys: createKeyStore(client, 'keys'),
      subscriptions: createSubscriptions(client, store, usageKeys, 100),
      dueSubscriptions: createDueSubscriptions(client, 'subscriptions'),
      payments: createPaymentStore(client, 'subscriptions'),
      idempotency: createIdempotencyStore(client, 'subscriptions'),
      handovers: {
        seal: () => Promise.resolve('sealed'),
        open: () => Promise.reject(new Error('nobody reads')),
      },
      gateway,
      stripe: () => Promise.resolve(gateway),
      dashboardOrigin: 'https://dashboard.example.com',
      supportAddress: 'support@example.com',
      productName: 'AI Decision Engine',
    };
  }

  act(actor: Actor): Act {
    this.#requests += 1;
    return { actor, requestId: `request-${this.#requests}`, now: new Date(this.now) };
  }

  get subscription(): SubscriptionItem {
    return this.tables.item('subscriptions', { subscriptionId }) as unknown as SubscriptionItem;
  }

  get keys(): KeyItem[] {
    return this.tables.items('keys') as unknown as KeyItem[];
  }

  get events(): string[] {
    return this.tables
      .items('subscriptions')
      .map((item) => String(item['subscriptionId']))
      .filter((id) => id.startsWith('event#'))
      .map((id) => id.slice('event#'.length));
  }

  /** A copy whose clock, tables and Stripe go their own way. */
  fork(): PaymentWorld {
    const other = new PaymentWorld();
    other.now = this.now;
    for (const table of ['keys', 'subscriptions']) {
      for (const item of this.tables.items(table)) other.tables.plant(table, item);
    }
    this.stripe.copyTo(other.stripe);
    return other;
  }

  #plant(): void {
    const change = {
      action: 'open-account',
      actor: { kind: 'owner' as const, id: subscriptionId },
      requestId: 'a request',
      at: new Date(start).toISOString(),
    };
    const keyId = 'key000000001';
    const subscription: SubscriptionItem = {
      subscriptionId,
      email: 'ada@example.com',
      tier: 'free',
      usageKeys: { free: usageKey },
      keyIds: [keyId],
      createdAt: change.at,
      revision: 1,
      change,
    };
    const key: KeyItem = {
      keyId,
      subscriptionId,
      name: 'default',
      prefix: 'user',
      tier: 'free',
      usageKey,
      createdAt: change.at,
      suspensions: {},
      secrets: [
        {
          version: 1,
          hash: createHash('sha256').update(keyId).digest('hex'),
          pepper: 'v1',
          createdAt: change.at,
        },
      ],
      retired: [],
      rotateAt: new Date(start + 90 * 86_400_000).toISOString(),
      revision: 1,
      change,
    };
    this.tables.plant('subscriptions', { ...subscription });
    this.tables.plant('subscriptions', {
      subscriptionId: `email#${subscription.email}`,
      lockedFor: subscriptionId,
    });
    this.tables.plant('keys', { ...key });
    this.revisions.push(subscription);
  }

  #note(table: string, item: Item): void {
    const isSubscription = table === 'subscriptions' && item['subscriptionId'] === subscriptionId;
    if (isSubscription) this.revisions.push(item as unknown as SubscriptionItem);
    if (isSubscription || table === 'keys') this.changes += 1;
  }
}
