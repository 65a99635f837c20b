import { z } from 'zod';
import type { Account } from './account.ts';
import type { ApiAnswer, ApiRequest } from './api/answer-request.ts';
import { ApiError, invalid, missing } from './api/error.ts';
import { payCheckout } from './billing/checkout.ts';
import { closeDispute, findCharge, openDispute, refundCharge } from './billing/reversals.ts';
import { payNow, setCard } from './billing/set-card.ts';
import type { Deliveries } from './deliveries.ts';

export interface Control {
  readonly account: Account;
  readonly deliveries: Pick<Deliveries, 'resend'>;
}

interface Act {
  readonly schema: z.ZodType;
  readonly run: (control: Control, input: never) => unknown;
}

function act<S extends z.ZodType>(schema: S, run: (control: Control, input: z.output<S>) => unknown): Act {
  return { schema, run };
}

/**
 * What people do who are not the API's caller, as JSON: `POST /_local/<name>` with these fields. Ids are Stripe's; amounts
 * in the currency's smallest unit. Answers are the object that came of it.
 */
const acts: Readonly<Record<string, Act>> = {
  /** The customer pays: the session as it is then; `status` stays `open` where the card was declined. */
  pay: act(
    z.strictObject({ session: z.string(), card: z.enum(['works', 'declines', 'declines_later']) }),
    ({ account }, { session, card }) => payCheckout(account, session, card),
  ),
  /** The operator gives money back: the refund. Without an amount, all that is left. */
  refund: act(
    z.strictObject({ charge: z.string(), amount: z.int().positive().optional() }),
    ({ account }, { charge, amount }) =>
      refundCharge(account, findCharge(account, charge, 'charge'), amount === undefined ? {} : { amount }),
  ),
  /** The cardholder disputes: the dispute. */
  dispute: act(z.strictObject({ charge: z.string() }), ({ account }, { charge }) =>
    openDispute(account, charge),
  ),
  /** The bank decides: the dispute. */
  closeDispute: act(
    z.strictObject({ dispute: z.string(), outcome: z.enum(['won', 'lost']) }),
    ({ account }, { dispute, outcome }) => closeDispute(account, dispute, outcome),
  ),
  /** The customer's card from now on: the customer's subscriptions. */
  setCard: act(
    z.strictObject({ customer: z.string(), card: z.enum(['works', 'declines']) }),
    ({ account }, { customer, card }) => setCard(account, customer, card),
  ),
  /** The customer pays an open invoice with the card that is kept: the invoice. */
  payInvoice: act(z.strictObject({ invoice: z.string() }), ({ account }, { invoice }) =>
    payNow(account, invoice),
  ),
};

/** `GET /_local/deliveries` and `POST /_local/resend { event }`, beside the acts. Errors as the API's. */
export function answerControl(control: Control, { method, path, body }: ApiRequest): ApiAnswer {
  try {
    return answerJson(200, run(control, `${method} ${path.slice('/_local/'.length)}`, body));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return answerJson(error.status, { error: error.body });
  }
}

function run(control: Control, what: string, body: string): unknown {
  const { account, deliveries } = control;
  if (what === 'GET deliveries') {
    const all = account.store.list('local.delivery');
    return {
      data: all.map(({ id, state, next, log }) => {
        const type = account.store.get('event', id)?.type;
        return { event: id, type, state, attempts: log, ...(state === 'pending' ? { next } : {}) };
      }),
    };
  }
  if (what === 'POST resend') {
    const { event } = read(z.strictObject({ event: z.string() }), body);
    if (account.store.get('event', event) === undefined) throw missing('event', event, 'event');
    deliveries.resend(event);
    return { event };
  }
  const name = /^POST (\w+)$/.exec(what)?.[1] ?? '';
  const found = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (found === undefined) {
    throw new ApiError(404, {
      type: 'invalid_request_error',
      message: `There is no ${what}; there are GET deliveries and POST resend, ${Object.keys(acts).join(', ')}.`,
    });
  }
  const input = read(found.schema, body);
  return account.act(() => found.run(control, input as never));
}

function read<S extends z.ZodType>(schema: S, body: string): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw invalid('The body is not JSON.');
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

function answerJson(status: number, value: unknown): ApiAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(value, null, 2),
  };
}
