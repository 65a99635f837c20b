import type { Account } from '../account.ts';
import type { Kind } from '../model.ts';
import { invalid } from './error.ts';
import { nestedList } from './list.ts';

type Node = Record<string, unknown>;

/** Where an object holds the id of another, by its `object`; `a.b` lies in a part of it. */
const references: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  'checkout.session': { customer: 'customer', invoice: 'invoice', subscription: 'subscription' },
  subscription: { customer: 'customer', default_payment_method: 'payment_method', latest_invoice: 'invoice' },
  price: { product: 'product' },
  plan: { product: 'product' },
  invoice: { customer: 'customer', 'parent.subscription_details.subscription': 'subscription' },
  invoice_payment: {
    invoice: 'invoice',
    'payment.payment_intent': 'payment_intent',
  },
  payment_intent: { customer: 'customer', latest_charge: 'charge', payment_method: 'payment_method' },
  charge: { customer: 'customer', payment_intent: 'payment_intent' },
  refund: { charge: 'charge', customer: 'customer', payment_intent: 'payment_intent' },
  dispute: { charge: 'charge', payment_intent: 'payment_intent' },
};

/** Lists that an object holds only where they are asked for. */
const lists: Readonly<Record<string, Readonly<Record<string, (account: Account, id: string) => object>>>> = {
  'checkout.session': {
    line_items: ({ store }, id) =>
      nestedList(`/v1/checkout/sessions/${id}/line_items`, [
        ...(store.get('local.checkout', id)?.lineItems ?? []),
      ]),
  },
  charge: {
    refunds: ({ store }, id) =>
      nestedList(
        `/v1/charges/${id}/refunds`,
        store.list('refund').filter(({ charge }) => charge === id),
      ),
  },
  invoice: {
    payments: ({ store }, id) =>
      nestedList(
        '/v1/invoice_payments',
        store.list('invoice_payment').filter(({ invoice }) => invoice === id),
      ),
  },
};

const maximumDepth = 4;

/** A copy of an answer with what `expand` names in place. @throws ApiError for what cannot be expanded */
export function expandAnswer(answer: object, paths: readonly string[], account: Account): object {
  if (paths.length === 0) return answer;
  const copy = structuredClone(answer) as Node;
  for (const path of paths) {
    const steps = path.split('.');
    // `data` of a list is no step of its own.
    if (steps.filter((step) => step !== 'data').length > maximumDepth) {
      throw invalid(`You cannot expand more than ${maximumDepth} levels of a property (${path})`, {
        param: 'expand',
      });
    }
    expandStep({ owner: copy, part: copy, within: '' }, steps, path, account);
  }
  return copy;
}

/** `part` is the owner, or a part of it by the name `within`. */
interface Place {
  readonly owner: Node;
  readonly part: Node;
  readonly within: string;
}

function expandStep(
  { owner, part, within }: Place,
  steps: readonly string[],
  path: string,
  account: Account,
) {
  const [step, ...others] = steps;
  if (step === undefined) return;
  if (part['object'] === 'list' && step === 'data') {
    for (const entry of part['data'] as Node[]) {
      expandStep({ owner: entry, part: entry, within: '' }, others, path, account);
    }
    return;
  }
  const kind = String(owner['object']);
  const name = within === '' ? step : `${within}.${step}`;
  const list = lists[kind]?.[name];
  const target = references[kind]?.[name];
  const value = part[step];
  if (list !== undefined) part[step] ??= structuredClone(list(account, String(owner['id'])));
  else if (target !== undefined) {
    if (typeof value === 'string') part[step] = structuredClone(account.store.get(target, value) ?? value);
  } else if (value === undefined || typeof value === 'string' || others.length === 0) {
    throw invalid(`This property cannot be expanded (${path}).`, { param: 'expand' });
  }
  const next = part[step];
  if (typeof next !== 'object' || next === null) return;
  const inner = next as Node;
  const isOwner = typeof inner['object'] === 'string';
  expandStep(
    isOwner ? { owner: inner, part: inner, within: '' } : { owner, part: inner, within: name },
    others,
    path,
    account,
  );
}
