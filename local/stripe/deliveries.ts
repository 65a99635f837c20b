import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { closingGrace } from '../closing-grace.ts';
import { stripeSignature } from './signature.ts';
import type { Store } from './store.ts';

export interface Deliveries {
  /** Attempts new events in the background, and whatever else is due. */
  queue(eventIds: readonly string[]): void;
  /** Attempts what is due. @returns resolves when no attempt is under way any more */
  settle(): Promise<void>;
  /** Queues an event anew, whatever became of it before. */
  resend(eventId: string): void;
  /** Waits for attempts under way, for a while; nothing more is sent. */
  close(): Promise<void>;
}

export interface DeliveriesOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly webhookSecret: string;
  /** Undefined while nobody knows where the webhook stands; events wait. */
  readonly webhookUrl: () => string | undefined;
  readonly log: (line: string) => void;
}

const minute = 60_000;
const hour = 60 * minute;
/** Pauses between attempts in milliseconds; then the longest, until three days are over. */
const pauses = [5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour];
const longestPause = 12 * hour;
const givenUpAfter = 72 * hour;
const atOnce = 20;
const attemptMilliseconds = 20_000;
/** Attempts do not take so long; the clock was moved meanwhile. */
const jumpMilliseconds = 2 * minute;
/** A laptop sleeps without its timers: it looks again at least this often. */
const longestWait = minute;

/**
 * Posts events to the webhook, several at a time and so in no certain order, until each was answered with 2xx: again after
 * growing pauses of the clock, for three days. What waits survives the end of the process.
 */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { store, clock, webhookSecret, webhookUrl, log } = options;
  const underway = new Map<string, Promise<void>>();
  /** What is neither delivered nor given up; the store holds all there ever was. */
  const pending = new Set<string>();
  for (const { id, state } of store.list('local.delivery')) if (state === 'pending') pending.add(id);
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  const waiting = () =>
    [...pending].flatMap((id) => (underway.has(id) ? [] : (store.get('local.delivery', id) ?? [])));

  function attemptDue(): void {
    const address = webhookUrl();
    if (closing.signal.aborted || address === undefined) return;
    const due = waiting().filter(({ next }) => next <= clock.now());
    for (const delivery of due.slice(0, Math.max(0, atOnce - underway.size))) {
      const attempted = attempt(delivery.id, address).finally(() => {
        underway.delete(delivery.id);
        attemptDue();
      });
      underway.set(delivery.id, attempted);
    }
    waitForNext();
  }

  function waitForNext(): void {
    clearTimeout(timer);
    const next = Math.min(...waiting().map((delivery) => delivery.next));
    if (closing.signal.aborted || !Number.isFinite(next)) return;
    timer = setTimeout(attemptDue, Math.min(Math.max(next - clock.now(), 0), longestWait)).unref();
  }

  async function attempt(id: string, address: string): Promise<void> {
    const at = clock.now();
    const status = await post(id, address, at);
    const delivery = store.get('local.delivery', id);
    if (delivery === undefined || (status === undefined && closing.signal.aborted)) return;
    const delivered = status !== undefined && status >= 200 && status < 300;
    // A signature of before the jump is as good as forged; that is nobody's failure.
    const overtaken = !delivered && clock.now() - at > jumpMilliseconds;
    const attempts = delivery.attempts + (overtaken ? 0 : 1);
    const next = clock.now() + (overtaken ? 0 : (pauses[attempts - 1] ?? longestPause));
    const over = next - delivery.since > givenUpAfter && !overtaken;
    const state = delivered ? 'delivered' : over ? 'given up' : 'pending';
    const entry = status === undefined ? { at } : { at, status };
    store.transaction(() => {
      store.put({ ...delivery, state, attempts, next, log: [...delivery.log, entry] });
      const event = store.get('event', id);
      if (event !== undefined) store.put({ ...event, pending_webhooks: delivered ? 0 : 1 });
    });
    if (state !== 'pending') pending.delete(id);
    const follows = {
      delivered: '',
      'given up': '; given up',
      pending: `; again at ${new Date(next).toISOString()}`,
    };
    log(`${id} ${store.get('event', id)?.type}: ${status ?? 'no answer'}${follows[state]}`);
  }

  /** @returns the status, or undefined where nobody answered in time */
  async function post(id: string, address: string, at: number): Promise<number | undefined> {
    const event = store.get('event', id);
    // Over several lines, as Stripe's are: who parses and writes it again before it checks the signature learns it here.
    const body = JSON.stringify(event, null, 2);
    try {
      const response = await fetch(address, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'stripe-signature': stripeSignature(webhookSecret, Math.floor(at / 1000), body),
        },
        body,
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(attemptMilliseconds)]),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return undefined;
    }
  }

  return {
    queue(eventIds) {
      for (const id of eventIds) pending.add(id);
      setImmediate(attemptDue);
    },
    async settle() {
      attemptDue();
      while (underway.size > 0) await Promise.all(underway.values());
    },
    resend(eventId) {
      const delivery = store.get('local.delivery', eventId);
      if (delivery === undefined) return;
      const now = clock.now();
      store.transaction(() =>
        store.put({ ...delivery, state: 'pending', since: now, next: now, attempts: 0 }),
      );
      pending.add(eventId);
      attemptDue();
    },
    async close() {
      clearTimeout(timer);
      await Promise.race([Promise.all(underway.values()), wait(closingGrace, undefined, { ref: false })]);
      closing.abort();
      await Promise.all(underway.values());
    },
  };
}
