import { createHash } from 'node:crypto';
import type { ApiAnswer } from '../api/answer-request.ts';

/** A piece of HTML whose texts are escaped. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | undefined | readonly Html[];

/** A template whose values are texts, to be escaped, or pieces of HTML; undefined is nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const render = (part: Part): string => {
    if (part === undefined) return '';
    if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part));
    return 'html' in part ? part.html : part.map(render).join('');
  };
  return { html: texts.map((text, index) => text + render(parts[index])).join('') };
}

function escapeText(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

const style = `
:root { color-scheme: light dark; --line: light-dark(#d8dce3, #3a4150); --soft: light-dark(#5a6473, #a5afbf);
  --accent: light-dark(#4b3fd6, #a59dff); --on-accent: light-dark(#fff, #14122b); --bad: light-dark(#a3151d, #ff9a9a);
  --good: light-dark(#11693a, #7ddca5); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#f6f7f9, #171a20); }
main { max-width: 30rem; margin: 3rem auto; padding: 0 1rem; }
main.wide { max-width: 62rem; }
section { background: light-dark(#fff, #1f242d); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.5rem;
  margin: 0 0 1.25rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; } h2 { font-size: 1.15rem; margin: 0 0 .5rem; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
.price { font-size: 2rem; font-weight: 650; margin: 0; }
.soft, footer { color: var(--soft); } .bad { color: var(--bad); } .good { color: var(--good); }
[role=alert] { border: 2px solid var(--bad); border-radius: 8px; padding: .5rem .75rem; color: var(--bad); }
.row { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: .75rem 0; }
form { display: inline-flex; flex-wrap: wrap; gap: .5rem; align-items: center; } form.tall { display: grid; }
button, a.button { font: inherit; padding: .45rem .9rem; border-radius: 8px; border: 1px solid var(--soft); background: transparent;
  color: inherit; cursor: pointer; text-align: center; text-decoration: none; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
button:focus-visible, a:focus-visible, input:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
input { font: inherit; width: 7rem; padding: .35rem .5rem; border-radius: 8px; border: 1px solid var(--soft); background: transparent; color: inherit; }
a { color: var(--accent); } code { overflow-wrap: anywhere; font-size: .85em; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-top: 1px solid var(--line); }
`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** A whole page, which loads nothing from anywhere. */
export function page(
  title: string,
  content: Html,
  { status = 200, wide = false }: { readonly status?: number; readonly wide?: boolean } = {},
): ApiAnswer {
  const { html: body } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ html: style }}</style>
</head>
<body>
<main${wide ? html` class="wide"` : undefined}>
${content}
<footer>A local stand-in of Stripe: no money moves.</footer>
</main>
</body>
</html>
`;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; frame-ancestors 'none'`,
      // Not less: without its origin, a form of this page could not be told from a stranger's.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    },
    body,
  };
}

/** After a form: the browser goes on with `GET`. */
export function redirect(location: string): ApiAnswer {
  return {
    status: 303,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'same-origin' },
    body: '',
  };
}
