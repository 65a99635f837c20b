import { type Html, html } from '../../html.ts';
import { pagesOf } from '../../page.ts';
import type { ApiAnswer } from '../api/answer-request.ts';
import { style } from './style.ts';

const { document, headers } = pagesOf(style);

/** A whole page, which loads nothing from anywhere. */
export function page(
  title: string,
  content: Html,
  { status = 200, wide = false }: { readonly status?: number; readonly wide?: boolean } = {},
): ApiAnswer {
  const body = document(
    title,
    html`<main${wide ? html` class="wide"` : undefined}>
${content}
<footer>A local stand-in of Stripe: no money moves.</footer>
</main>`,
  );
  return { status, headers, body };
}

/** After a form: the browser goes on with `GET`. */
export function redirect(location: string): ApiAnswer {
  return {
    status: 303,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'same-origin' },
    body: '',
  };
}
