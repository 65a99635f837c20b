import { createHash } from 'node:crypto';
import { claimPageScript } from './claim-page-script.ts';
import { claimPageStates } from './claim-page-states.ts';
import { claimPageStyle } from './claim-page-style.ts';

export interface ClaimPageProduct {
  readonly name: string;
  readonly company: string;
  readonly documentationUrl: string;
  readonly statusUrl: string;
  readonly supportAddress: string;
}

export interface ClaimPage {
  readonly html: string;
  readonly headers: Record<string, string>;
}

/** The page loads nothing, sends nothing but the script's own requests to where it came from, and stands in no frame. */
const headers = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy': [
    "default-src 'none'",
    `script-src '${sourceHash(claimPageScript)}'`,
    `style-src '${sourceHash(claimPageStyle)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy':
    'camera=(), clipboard-read=(), clipboard-write=(self), display-capture=(), geolocation=(), microphone=()',
} as const;

/**
 * The page where a key's owner opens the one-time link of a mail. It is the same for every link: the link's token stands
 * in the URL's fragment, which browsers send to no server, and only the page's script reads it.
 */
export function claimPage(product: ClaimPageProduct): ClaimPage {
  const name = escapeHtml(product.name);
  const supportAddress = escapeHtml(product.supportAddress);
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Your API key – ${name}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="light dark">
<style>${claimPageStyle}</style>
</head>
<body>
<div class="page">
<header class="product"><strong>${name}</strong><span>by ${escapeHtml(product.company)}</span></header>
<main>
<noscript>
<h1>This page needs JavaScript</h1>
<p>Your key is shown by a script of this page, so that a mail scanner that opens the link does not use it up. Nothing has
been opened: allow JavaScript for this page and load it again, or open the link in another browser.</p>
</noscript>
${claimPageStates({ name, supportAddress })}
</main>
<footer>
<p>Stuck? We are glad to help.</p>
<ul>
<li><a href="mailto:${supportAddress}">${supportAddress}</a></li>
<li>${outward(product.documentationUrl, 'Documentation')}</li>
<li>${outward(product.statusUrl, 'Service status')}</li>
</ul>
</footer>
</div>
<script>${claimPageScript}</script>
</body>
</html>
`;
  return { html, headers: { ...headers } };
}

/** Opens beside the page, so that a key that it shows is not lost. */
function outward(url: string, label: string): string {
  const newTab = ' (opens in a new tab)';
  return `<a href="${escapeHtml(url)}" target="_blank" rel="noopener noreferrer" aria-label="${label}${newTab}">${label}</a>`;
}

function sourceHash(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
