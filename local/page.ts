import { createHash } from 'node:crypto';
import { Html, html } from './html.ts';

/** Whole pages of one style, which load nothing from anywhere. */
export interface Pages {
  /** @param body markup */
  document(title: string, body: Html): string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @param formTargets where a form may lead in the end; absent: anywhere. Browsers hold redirects to it too. */
export function pagesOf(style: string, formTargets?: readonly string[]): Pages {
  const styleHash = createHash('sha256').update(style).digest('base64');
  const styleElement = new Html(`<style>${style}</style>`);
  return {
    document: (title, body) =>
      html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${styleElement}
</head>
<body>
${body}
</body>
</html>
`.text,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': [
        "default-src 'none'",
        `style-src 'sha256-${styleHash}'`,
        ...(formTargets === undefined ? [] : [`form-action ${formTargets.join(' ')}`]),
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
      // Not less: without its origin ("Origin: null"), a form of such a page could not be told from a stranger's.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    },
  };
}
