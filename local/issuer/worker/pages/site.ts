import { createHash } from 'node:crypto';
import { Html, html } from './html.ts';
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
  const styleHash = createHash('sha256').update(style).digest('base64');
  const styleElement = new Html(`<style>${style}</style>`);
  return {
    document: ({ title, content }) =>
      html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${product}</title>
${styleElement}
</head>
<body>
<main>
<h1>${title}</h1>
<p class="product">${product}</p>
${content}
<footer class="quiet">
${support === undefined ? undefined : html`<p>Stuck? Write to <a href="mailto:${support}">${support}</a></p>`}
This is the local stack on your own machine. Its mails are in <a href="${inboxUrl}">the inbox</a>.
</footer>
</main>
</body>
</html>
`.text,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': [
        "default-src 'none'",
        `style-src 'sha256-${styleHash}'`,
        `form-action 'self' ${[...origins].join(' ')}`,
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
      // With no referrer at all, browsers send "Origin: null" with our own forms.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    },
  };
}
