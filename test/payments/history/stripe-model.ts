import type { NewCheckout, PaymentGateway } from '../../../functions/payments/gateways/payment-gateway.ts';
import { metadataOf } from '../../../functions/payments/rules/agreed-price.ts';
import type {
  ChargeFacts,
  PaymentFacts,
  SubscriptionFacts,
} from '../../../functions/payments/rules/payment-facts.ts';
import { UnavailableError } from '../../../functions/runtime/errors.ts';
import type { Reach } from '../../delivery/year/memory-tables.ts';

const hour = 3_600_000;
const day = 24 * hour;
const period = 30 * day;

type Changing<T> = { -readonly [K in keyof T]: T[K] };

interface Customer {
  readonly subscriptionId: string;
  deleted: boolean;
  /** The person's address, once it was told. */
  email?: string;
  /** Milliseconds of a period that were paid and not used: what a subscription that ended left as credit. */
  credit: number;
}

interface Session {
  readonly id: string;
  readonly customer: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly price: NonNullable<SubscriptionFacts['price']>;
  readonly url: string;
  readonly expiresAt: number;
  status: 'open' | 'complete' | 'expired';
}

interface Subscription extends Changing<Omit<SubscriptionFacts, 'latestInvoice'>> {
  readonly customer: string;
  latestInvoice: Changing<NonNullable<SubscriptionFacts['latestInvoice']>>;
  endsWithPeriod: boolean;
  /** When Stripe tries next, of its own accord, to charge what is open. */
  attemptAt: number | undefined;
}

interface Charge extends Changing<Omit<ChargeFacts, 'disputes'>> {
  readonly id: string;
  readonly customer: string;
  readonly disputes: { status: string; readonly createdAt: string }[];
}

/** A message to the webhook. */
export interface Message {
  readonly id: string;
  readonly about: { readonly customerId: string } | { readonly chargeId: string };
}

/**
 * Stripe in memory, as far as the gateway asks: customers, checkouts, subscriptions that are charged every month, charges
 * that are taken back. What happens sends messages, which somebody else delivers.
 */
export class StripeModel {
  readonly messages: Message[] = [];
  readonly customers = new Map<string, Customer>();
  readonly sessions: Session[] = [];
  readonly subscriptions: Subscription[] = [];
  readonly charges: Charge[] = [];
  /** Whether cards are accepted, for now. */
  cardsWork = true;
  readonly #answers = new Map<string, string>();
  readonly #now: () => number;
  #ids = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param reach stands around each request: it may take time, fail before or after, or never come back */
  gateway(reach: Reach = (command) => Promise.resolve(command())): PaymentGateway {
    const ask = async <T>(request: () => T): Promise<T> => (await reach(request, undefined)) as T;
    return {
      createCustomer: (subscriptionId, key) =>
        ask(() => this.#once(key, subscriptionId, () => this.#newCustomer(subscriptionId))),
      updateCustomer: (customerId, { email }) =>
        ask(() => {
          const customer = this.#customer(customerId);
          if (customer.deleted) return false;
          customer.email = email;
          return true;
        }),
      createCheckout: (checkout, key) =>
        ask(() => {
          const id = this.#once(key, JSON.stringify(checkout), () => this.#newSession(checkout));
          const { url, expiresAt } = this.#session(id);
          return { id, url, expiresAt: iso(expiresAt) };
        }),
      expireCheckout: (id) => ask(() => this.#expire(this.#session(id))),
      facts: async (customerId, checkoutId) => {
        await ask(() => this.#customer(customerId));
        const session = checkoutId && (await ask(() => ({ ...this.#session(checkoutId) })));
        const [subscriptions, charges] = await Promise.all([
          ask(() => structuredClone(this.subscriptions.filter(({ customer }) => customer === customerId))),
          ask(() => structuredClone(this.charges.filter(({ customer }) => customer === customerId))),
        ]);
        const checkout = session && { ...session, expiresAt: iso(session.expiresAt) };
        return { ...(checkout ? { checkout } : {}), subscriptions, charges } satisfies PaymentFacts;
      },
      setEnding: (id, endsWithPeriod) => ask(() => this.setEnding(this.#subscription(id), endsWithPeriod)),
      cancel: (id, options) => ask(() => this.end(this.#subscription(id), options)),
      createPortal: () => Promise.resolve('https://portal.example.com'),
      deleteCustomer: (customerId) =>
        ask(() => {
          this.#customer(customerId);
          this.deleteCustomer(customerId);
        }),
      customerOfCharge: (id) => ask(() => known(this.charges.find((charge) => charge.id === id)).customer),
    };
  }

  /** What Stripe does by itself until now. */
  advance(): void {
    for (const session of this.sessions) {
      if (session.status === 'open' && session.expiresAt <= this.#now()) this.#expire(session);
    }
    for (const subscription of this.subscriptions) this.#advanceSubscription(subscription);
  }

  /** Somebody on the pay page. @returns whether it was paid */
  pay(session: Session): boolean {
    if (session.status !== 'open' || session.expiresAt <= this.#now()) return false;
    if (!this.cardsWork || this.customers.get(session.customer)?.deleted !== false) return false;
    session.status = 'complete';
    const now = iso(this.#now());
    const subscription: Subscription = {
      id: this.#id('sub'),
      customer: session.customer,
      status: 'active',
      metadata: session.metadata,
      price: session.price,
      createdAt: now,
      periodStartsAt: now,
      periodEndsAt: iso(this.#now() + period),
      latestInvoice: { isPaid: true, isFirst: true, createdAt: now, finalizedAt: now },
      endsWithPeriod: false,
      attemptAt: undefined,
    };
    this.subscriptions.push(subscription);
    this.#charge(session.customer);
    this.#tell(session.customer, 3);
    return true;
  }

  /** The owner or the operator, on Stripe's own pages. */
  setEnding(subscription: Subscription, endsWithPeriod: boolean): void {
    if (subscription.status === 'canceled' || subscription.endsWithPeriod === endsWithPeriod) return;
    subscription.endsWithPeriod = endsWithPeriod;
    if (endsWithPeriod) subscription.cancelsAt = subscription.periodEndsAt;
    else delete subscription.cancelsAt;
    this.#tell(subscription.customer);
  }

  /** @param credit whether what is paid and not used is the customer's from then on */
  end(subscription: Subscription, { credit = false } = {}): void {
    if (subscription.status === 'canceled') return;
    const customer = this.customers.get(subscription.customer);
    if (credit && customer !== undefined && subscription.latestInvoice.isPaid) {
      customer.credit += Math.max(0, Date.parse(subscription.periodEndsAt) - this.#now());
    }
    subscription.status = 'canceled';
    subscription.endedAt = iso(this.#now());
    subscription.attemptAt = undefined;
    this.#tell(subscription.customer);
  }

  /** Tries to charge what is open. */
  collect(subscription: Subscription): void {
    const { latestInvoice, customer } = subscription;
    if (latestInvoice.isPaid || latestInvoice.finalizedAt === undefined) return;
    if (subscription.status === 'canceled') return;
    if (this.cardsWork) {
      latestInvoice.isPaid = true;
      subscription.status = 'active';
      subscription.attemptAt = undefined;
      this.#charge(customer);
    } else {
      subscription.status = 'past_due';
      subscription.attemptAt = this.#now() + 3 * day;
      // Stripe gives up, too, where nobody else does.
      if (this.#now() - Date.parse(latestInvoice.finalizedAt) > 20 * day) this.end(subscription);
    }
    this.#tell(customer, 2);
  }

  refund(charge: Charge): void {
    if (charge.refundedAt !== undefined || this.#isTooOld(charge)) return;
    charge.refundedAt = iso(this.#now());
    this.#tell(charge.customer);
  }

  dispute(charge: Charge, status: 'needs_response' | 'warning_needs_response'): void {
    if (charge.refundedAt !== undefined || charge.disputes.some((each) => !isClosed(each.status))) return;
    if (this.#isTooOld(charge)) return;
    charge.disputes.push({ status, createdAt: iso(this.#now()) });
    this.#tellOfCharge(charge.id);
  }

  closeDispute(charge: Charge, outcome: 'won' | 'lost'): void {
    const open = charge.disputes.find(({ status }) => !isClosed(status));
    if (open === undefined) return;
    open.status = open.status.startsWith('warning') ? 'warning_closed' : outcome;
    this.#tellOfCharge(charge.id);
  }

  deleteCustomer(customerId: string): void {
    const customer = this.customers.get(customerId);
    if (customer === undefined || customer.deleted) return;
    customer.deleted = true;
    delete customer.email;
    for (const each of this.subscriptions) if (each.customer === customerId) this.end(each);
    this.#tell(customerId);
  }

  copyTo(other: StripeModel): void {
    for (const [id, customer] of this.customers) other.customers.set(id, { ...customer });
    other.sessions.push(...structuredClone(this.sessions));
    other.subscriptions.push(...structuredClone(this.subscriptions));
    other.charges.push(...structuredClone(this.charges));
    other.cardsWork = this.cardsWork;
  }

  /** How often a subscription's tier was paid for: once for every checkout that was completed. */
  get begun(): number {
    return this.subscriptions.length;
  }

  /** Banks take back nothing that is older than 120 days. */
  #isTooOld({ createdAt }: Charge): boolean {
    return this.#now() - Date.parse(createdAt) > 120 * day;
  }

  #advanceSubscription(subscription: Subscription): void {
    const now = this.#now();
    while (subscription.status !== 'canceled') {
      const { latestInvoice, periodEndsAt, attemptAt } = subscription;
      const finalizeAt = Date.parse(latestInvoice.createdAt) + hour;
      if (latestInvoice.finalizedAt === undefined && finalizeAt <= now) {
        latestInvoice.finalizedAt = iso(finalizeAt);
        this.collect(subscription);
      } else if (attemptAt !== undefined && attemptAt <= now) {
        this.collect(subscription);
      } else if (Date.parse(periodEndsAt) <= now) {
        this.#renew(subscription);
      } else {
        return;
      }
    }
  }

  #renew(subscription: Subscription): void {
    if (subscription.endsWithPeriod) {
      this.end(subscription);
      return;
    }
    const startsAt = subscription.periodEndsAt;
    subscription.periodStartsAt = startsAt;
    subscription.periodEndsAt = iso(Date.parse(startsAt) + period);
    subscription.latestInvoice = { isPaid: false, isFirst: false, createdAt: startsAt };
    this.#tell(subscription.customer);
  }

  #charge(customer: string): void {
    this.charges.push({ id: this.#id('ch'), customer, createdAt: iso(this.#now()), disputes: [] });
  }

  #newCustomer(subscriptionId: string): string {
    const id = this.#id('cus');
    this.customers.set(id, { subscriptionId, deleted: false, credit: 0 });
    return id;
  }

  #newSession({ customerId, pricePerMonth, ...about }: NewCheckout): string {
    const id = this.#id('cs');
    const price = { amount: 100 * pricePerMonth, currency: 'usd', interval: 'month' };
    this.sessions.push({
      id,
      customer: customerId,
      metadata: metadataOf(about, price),
      price: { ...price, quantity: 1 },
      url: `https://pay.example.com/${id}`,
      expiresAt: this.#now() + day,
      status: 'open',
    });
    return id;
  }

  #expire(session: Session): void {
    if (session.status !== 'open') return;
    session.status = 'expired';
    this.#tell(session.customer);
  }

  /** The same key is answered the same. @throws where the request is another */
  #once(key: string, request: string, make: () => string): string {
    const known = this.#answers.get(key);
    if (known === undefined) {
      const id = make();
      this.#answers.set(key, `${id} ${request}`);
      return id;
    }
    const [id = '', ...rest] = known.split(' ');
    if (rest.join(' ') !== request) throw new Error(`the key ${key} was used for another request`);
    return id;
  }

  #customer(id: string): Customer {
    return known(this.customers.get(id));
  }

  #session(id: string): Session {
    return found(this.sessions.find((session) => session.id === id));
  }

  #subscription(id: string): Subscription {
    return found(this.subscriptions.find((subscription) => subscription.id === id));
  }

  #tell(customerId: string, times = 1): void {
    for (let told = 0; told < times; told++)
      this.messages.push({ id: this.#id('evt'), about: { customerId } });
  }

  #tellOfCharge(chargeId: string): void {
    this.messages.push({ id: this.#id('evt'), about: { chargeId } });
  }

  #id(prefix: string): string {
    this.#ids += 1;
    return `${prefix}_${String(this.#ids).padStart(6, '0')}`;
  }
}

function isClosed(status: string): boolean {
  return status === 'won' || status === 'lost' || status === 'warning_closed';
}

/** Stripe's times have seconds. */
function iso(milliseconds: number): string {
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString();
}

/** @throws UnavailableError as the gateway does for what is of another account */
function known<T>(value: T | undefined): T {
  if (value === undefined) throw new UnavailableError('Stripe does not know what it should');
  return value;
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('no such thing at Stripe');
  return value;
}
