import { type Html, html } from '../../../html.ts';
import { pagesOf } from '../../../page.ts';
import { style } from './style.ts';

export interface Page {
  readonly title: string;
  /** What comes below the title. */
  readonly content: Html;
}

/** What all pages have in common. */
export interface Site {
  /** A whole document. */
  document(page: Page): string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SiteOptions {
  readonly product: string;
  readonly inboxUrl: string;
  /** Where who is stuck may write. */
  readonly support: string | undefined;
  /** Of web pages to which a form leads in the end: browsers hold redirects to `form-action` too. */
  readonly origins: Iterable<string>;
}

export function createSite({ product, inboxUrl, support, origins }: SiteOptions): Site {
  const { document, headers } = pagesOf(style, ["'self'", ...origins]);
  return {
    document: ({ title, content }) =>
      document(
        `${title} – ${product}`,
        html`<main>
<h1>${title}</h1>
<p class="product">${product}</p>
${content}
<footer class="quiet">
${support === undefined ? undefined : html`<p>Stuck? Write to <a href="mailto:${support}">${support}</a></p>`}
This is the local stack on your own machine. Its mails are in <a href="${inboxUrl}">the inbox</a>.
</footer>
</main>`,
      ),
    headers,
  };
}
