import { type Html, html } from '../../html.ts';
import { runAct, type Scene } from '../acts.ts';
import type { ApiAnswer } from '../api/answer-request.ts';
import { ApiError, invalid } from '../api/error.ts';
import { cardOf, isAccepted } from '../billing/pay-invoice.ts';
import type { Charge, Customer, Invoice, Subscription } from '../model.ts';
import { periodEnd } from '../objects/subscription.ts';
import { page, redirect } from './page.ts';
import { digitsOf, money, priceOf, time } from './words.ts';

const shownCustomers = 50;
const shownEvents = 100;

/** `GET /`: everything that an operator sees at Stripe, and what customers and banks do to it. */
export function operatorPage(scene: Scene, fault?: string): ApiAnswer {
  const { store, now } = scene.account;
  const customers = store
    .list('customer')
    .flatMap((customer) => (customer.deleted === true ? [] : [customer as Customer]));
  const shown = customers.slice(0, shownCustomers);
  return page(
    'Payments',
    html`<h1>Payments</h1>
<p class="soft">It is ${time(now())}. ${customers.length} customers${customers.length > shown.length ? `, the newest ${shown.length} of them here` : ''}.</p>
${fault === undefined ? undefined : html`<p role="alert">${fault}</p>`}
${shown.map((customer) => customerSection(scene, customer))}
${eventSection(scene)}`,
    { status: fault === undefined ? 200 : 400, wide: true },
  );
}

function customerSection(scene: Scene, customer: Customer): Html {
  const { store } = scene.account;
  const own = <T extends { readonly customer: string | null }>(entries: readonly T[]) =>
    entries.filter((entry) => entry.customer === customer.id);
  const charges = own(store.list('charge'));
  const open = own(store.list('checkout.session')).filter(({ status }) => status === 'open');
  return html`<section aria-label="${customer.email ?? customer.id}">
<h2>${customer.email ?? customer.name ?? 'Somebody'} <code class="soft">${customer.id}</code></h2>
${open.map(({ url, expires_at }) => html`<p>An open checkout until ${time(expires_at)}: <a href="${url ?? ''}">pay page</a></p>`)}
${own(store.list('subscription')).map((subscription) => subscriptionPart(scene, subscription))}
${own(store.list('invoice')).map((invoice) => (invoice.status === 'open' ? invoicePart(invoice) : html``))}
${
  charges.length === 0
    ? undefined
    : html`<div class="scroll"><table>
<thead><tr><th scope="col">Charge</th><th scope="col">Amount</th><th scope="col">State</th><th scope="col">What can happen</th></tr></thead>
<tbody>${charges.map((charge) => chargeRow(scene, charge))}</tbody></table></div>`
}
</section>`;
}

function subscriptionPart({ account }: Scene, subscription: Subscription): Html {
  const { id, status, customer, cancel_at_period_end } = subscription;
  const method = cardOf(account, subscription);
  const works = method !== undefined && isAccepted(method);
  const change = works
    ? html`<button name="card" value="declines">Make the card decline</button>`
    : html`<button name="card" value="works">Make the card work</button>`;
  const until = time(status === 'canceled' ? subscription.ended_at : periodEnd(subscription));
  const verb = status === 'canceled' ? 'ended' : cancel_at_period_end ? 'ends' : 'renews';
  return html`<p><code>${id}</code> ${priceOf(subscription)}, <strong class="${status === 'active' ? 'good' : 'bad'}">${status.replaceAll('_', ' ')}</strong>, ${verb} ${until}</p>
${
  status === 'canceled'
    ? undefined
    : html`<div class="row">Card ending in ${method?.card?.last4} ${form('setCard', { customer: String(customer) }, change)}</div>`
}`;
}

function invoicePart({ id, number, amount_remaining, currency, next_payment_attempt }: Invoice): Html {
  const pay = html`<button>Pay it now</button>`;
  return html`<div class="row bad">Invoice ${number ?? id} of ${money(amount_remaining, currency)} is open; next attempt: ${time(next_payment_attempt)} ${form('payInvoice', { invoice: id }, pay)}</div>`;
}

function chargeRow({ account: { store } }: Scene, charge: Charge): Html {
  const { id, amount, amount_refunded, currency, created, status, failure_message, paid, refunded } = charge;
  const dispute = store.list('dispute').find((candidate) => candidate.charge === id);
  const state = [
    failure_message ?? status,
    amount_refunded > 0 ? `${money(amount_refunded, currency)} refunded` : '',
    dispute === undefined ? '' : `dispute ${dispute.status.replaceAll('_', ' ')}`,
  ];
  const isClosed = dispute?.status === 'won' || dispute?.status === 'lost';
  return html`<tr>
<td>${time(created)}<br><code class="soft">${id}</code></td>
<td>${money(amount, currency)}</td>
<td>${state.filter((text) => text !== '').join(', ')}</td>
<td>${
    paid && !refunded && dispute === undefined
      ? html`${form('refund', { charge: id }, html`<label>Amount <input name="amount" inputmode="decimal" placeholder="all"></label><button>Refund</button>`)}
${form('dispute', { charge: id }, html`<button>Dispute it</button>`)}`
      : undefined
  }${
    dispute === undefined || isClosed
      ? undefined
      : form(
          'closeDispute',
          { dispute: dispute.id },
          html`<button name="outcome" value="won">Dispute is won</button><button name="outcome" value="lost">Dispute is lost</button>`,
        )
  }</td>
</tr>`;
}

function eventSection({ account: { store } }: Scene): Html {
  const events = store.list('event').slice(0, shownEvents);
  return html`<section aria-label="Events"><h2>Events</h2><div class="scroll"><table>
<thead><tr><th scope="col">Time</th><th scope="col">Event</th><th scope="col">Webhook</th><th scope="col">What can happen</th></tr></thead>
<tbody>${events.map(({ id, type, created }) => {
    const delivery = store.get('local.delivery', id);
    const last = delivery?.log.at(-1);
    const answer =
      last === undefined ? 'not tried yet' : `${delivery?.state}, answered ${last.status ?? 'nothing'}`;
    return html`<tr><td>${time(created)}</td><td>${type}<br><code class="soft">${id}</code></td><td>${answer}</td>
<td>${form('resend', { event: id }, html`<button>Send again</button>`)}</td></tr>`;
  })}</tbody></table></div></section>`;
}

function form(act: string, fields: Readonly<Record<string, string>>, content: Html): Html {
  const hidden = Object.entries({ act, ...fields });
  return html`<form method="post" action="/">${hidden.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}${content}</form>`;
}

/** `POST /`: an act with its fields; amounts as people write them. */
export function operate(scene: Scene, sent: URLSearchParams): ApiAnswer {
  const { act = '', amount = '', ...fields } = Object.fromEntries(sent);
  try {
    runAct(
      scene,
      act,
      amount.trim() === '' ? fields : { ...fields, amount: smallest(scene, fields['charge'], amount) },
    );
  } catch (error) {
    if (error instanceof ApiError) return operatorPage(scene, error.message);
    throw error;
  }
  return redirect('/');
}

/** `9.50` dollars are 950 cents. @throws ApiError */
function smallest({ account: { store } }: Scene, charge: string | undefined, amount: string): number {
  const digits = digitsOf(store.get('charge', charge ?? '')?.currency ?? 'usd');
  const value = Number(amount) * 10 ** digits;
  if (/^\d{1,9}([.]\d{1,3})?$/.test(amount.trim()) && Math.abs(value - Math.round(value)) < 1e-6)
    return Math.round(value);
  throw invalid(`"${amount}" is no amount, such as 9.50.`);
}
