import { type Html, html } from '../../html.ts';
import { runAct, type Scene } from '../acts.ts';
import type { ApiAnswer } from '../api/answer-request.ts';
import { invalid } from '../api/error.ts';
import { cardOf, isAccepted } from '../billing/pay-invoice.ts';
import type { PortalSession, Subscription } from '../model.ts';
import { periodEnd } from '../objects/subscription.ts';
import { page, redirect } from './page.ts';
import { money, priceOf, time } from './words.ts';

/** How long a link opens the portal. */
const openSeconds = 3600;

/** `GET /p/session/<token>` */
export function portalPage(scene: Scene, path: string): ApiAnswer {
  const { store } = scene.account;
  const session = findSession(scene, path);
  if (session === undefined) {
    return page(
      'Link expired',
      html`<section><h1>This link has expired</h1><p>Go back and ask for a new one.</p></section>`,
      { status: 410 },
    );
  }
  const customer = store.get('customer', session.customer);
  const email = customer?.deleted === true ? null : customer?.email;
  const subscriptions = subscriptionsOf(scene, session);
  return page(
    'Your subscription',
    html`<h1>Your subscription</h1>
<p class="soft">${email ?? 'No e-mail address'}</p>
${subscriptions.map((subscription) => describe(scene, subscription))}
${subscriptions.length === 0 ? html`<section><p>There is no subscription.</p></section>` : undefined}
${session.return_url === null ? undefined : html`<p><a href="${session.return_url}">Go back</a></p>`}`,
  );
}

function describe({ account }: Scene, subscription: Subscription): Html {
  const { id, status, cancel_at_period_end, ended_at } = subscription;
  const method = cardOf(account, subscription);
  const open = account.store.get('invoice', String(subscription.latest_invoice));
  const isOver = status === 'canceled';
  const ends = isOver
    ? `Ended on ${time(ended_at)}.`
    : `${cancel_at_period_end ? 'Ends' : 'Renews'} on ${time(periodEnd(subscription))}.`;
  return html`<section>
<h2>${priceOf(subscription)} <span class="${status === 'active' ? 'good' : 'bad'}">${status.replaceAll('_', ' ')}</span></h2>
<p>${ends}</p>
${
  isOver
    ? undefined
    : html`<p>Card ending in ${method?.card?.last4}, which ${method && isAccepted(method) ? 'works' : 'will be declined'}.</p>
<form class="tall" method="post"><input type="hidden" name="subscription" value="${id}">
${
  open?.status === 'open'
    ? html`<button class="main" name="act" value="pay">Pay the open invoice of ${money(open.amount_remaining, open.currency)} now</button>`
    : undefined
}
<button name="act" value="works">Use another card, which works</button>
<button name="act" value="declines">Use another card, which will be declined</button>
${
  cancel_at_period_end
    ? html`<button name="act" value="resume">Keep the subscription</button>`
    : html`<button name="act" value="cancel">Cancel at the end of the period</button>`
}
</form>`
}
</section>`;
}

/** `POST /p/session/<token>` @throws ApiError */
export function usePortal(scene: Scene, path: string, form: URLSearchParams): ApiAnswer {
  const session = findSession(scene, path);
  if (session === undefined) return redirect(path);
  const id = form.get('subscription');
  // Nobody reaches another customer's subscription from here.
  const subscription = subscriptionsOf(scene, session).find((candidate) => candidate.id === id);
  if (subscription === undefined) throw invalid('There is no such subscription.');
  const { customer, latest_invoice } = subscription;
  switch (form.get('act')) {
    case 'pay':
      runAct(scene, 'payInvoice', { invoice: latest_invoice });
      break;
    case 'works':
    case 'declines':
      runAct(scene, 'setCard', { customer, card: form.get('act') });
      break;
    case 'cancel':
    case 'resume':
      runAct(scene, 'cancelAtPeriodEnd', { subscription: id, cancel: form.get('act') === 'cancel' });
      break;
    default:
      throw invalid('There is no such button.');
  }
  return redirect(path);
}

function findSession({ account }: Scene, path: string): PortalSession | undefined {
  const found = account.store
    .list('billing_portal.session')
    .find(({ url }) => new URL(url).pathname === path);
  return found !== undefined && account.now() - found.created < openSeconds ? found : undefined;
}

function subscriptionsOf({ account }: Scene, { customer }: PortalSession): Subscription[] {
  return account.store.list('subscription').filter((subscription) => subscription.customer === customer);
}
