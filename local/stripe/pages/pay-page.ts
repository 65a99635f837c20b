import { type Html, html } from '../../html.ts';
import type { Scene } from '../acts.ts';
import { runAct } from '../acts.ts';
import type { ApiAnswer } from '../api/answer-request.ts';
import { withSessionId } from '../billing/checkout.ts';
import type { CheckoutSession } from '../model.ts';
import { declined } from '../objects/payment.ts';
import { page, redirect } from './page.ts';
import { every, money } from './words.ts';

/** `GET /c/pay/<session>`. @param wasDeclined whether the customer has just come back with a card that was declined */
export function payPage({ account: { store } }: Scene, id: string, wasDeclined: boolean): ApiAnswer {
  const session = store.get('checkout.session', id);
  if (session === undefined)
    return over(
      'There is no such payment',
      html`<p>The address is not complete, or the data was cleared.</p>`,
      404,
    );
  if (session.status === 'complete') {
    return over('This is paid', html`<p>${link('Go on', session.success_url, id)}</p>`, 200);
  }
  if (session.status === 'expired') {
    return over(
      'This payment has expired',
      html`<p>${link('Go back and begin anew', session.cancel_url, id)}</p>`,
      410,
    );
  }
  return page('Pay', payForm(session, store.get('local.checkout', id)?.lineItems ?? [], wasDeclined));
}

function payForm(
  { id, amount_total, currency, cancel_url, customer_details }: CheckoutSession,
  lineItems: readonly {
    readonly description: string | null;
    readonly quantity: number | null;
    readonly price: { readonly recurring: Parameters<typeof every>[0] };
  }[],
  wasDeclined: boolean,
): Html {
  const total = money(amount_total, currency ?? 'usd');
  return html`<section>
<h1>Subscribe to ${lineItems.map(({ description, quantity }) => `${description}${quantity === 1 ? '' : ` × ${quantity}`}`).join(', ')}</h1>
${wasDeclined ? html`<p role="alert">${declined.message} Nothing was charged. Try another card.</p>` : undefined}
<p class="price">${total} <span class="soft">${every(lineItems[0]?.price.recurring ?? null)}</span></p>
<p class="soft">${customer_details?.email ?? 'No e-mail address'}</p>
<form class="tall" method="post">
<button class="main" name="card" value="works">Pay ${total}</button>
<button name="card" value="declines_later">Pay with a card that is declined at the next renewal</button>
<button name="card" value="declines">Pay with a card that is declined</button>
${cancel_url === null ? undefined : html`<a class="button" href="${withSessionId(cancel_url, id)}">Cancel</a>`}
</form>
</section>`;
}

function link(text: string, address: string | null, id: string): Html {
  return address === null
    ? html`You can close this page.`
    : html`<a href="${withSessionId(address, id)}">${text}</a>`;
}

function over(title: string, content: Html, status: number): ApiAnswer {
  return page(title, html`<section><h1>${title}</h1>${content}</section>`, { status });
}

/** `POST /c/pay/<session>` @throws ApiError */
export function pay(scene: Scene, id: string, form: URLSearchParams): ApiAnswer {
  const session = scene.account.store.get('checkout.session', id);
  // Twice pressed is once paid.
  if (session?.status !== 'open') return redirect(`/c/pay/${id}`);
  const after = runAct(scene, 'pay', { session: id, card: form.get('card') }) as CheckoutSession;
  if (after.status === 'open') return redirect(`/c/pay/${id}?declined`);
  return redirect(withSessionId(after.success_url ?? `/c/pay/${id}`, id));
}
