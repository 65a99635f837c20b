import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { expect, onTestFinished, test, vi } from 'vitest';
import { claimPage } from '../../functions/delivery/page/claim-page.ts';
import { claimPageScript } from '../../functions/delivery/page/claim-page-script.ts';

const product = {
  name: 'AI Decision Engine',
  company: 'AI Weed Company',
  documentationUrl: 'https://docs.example.com',
  statusUrl: 'https://status.example.com',
  supportAddress: 'support@example.com',
};
const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const inline = (html: string, tag: string) =>
  [...html.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, 'g'))].map(([, text = '']) => text);

test('the page is kept by nobody, framed by nobody, and tells no other site where it was', () => {
  expect(claimPage(product).headers).toMatchObject({
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Permissions-Policy': expect.stringContaining('clipboard-write=(self)'),
  });
  expect(claimPage(product).html).toContain('<meta name="robots" content="noindex');
});

test('the policy admits the one script and the one style sheet that the page has, by their hashes, and no more', () => {
  const { html, headers } = claimPage(product);
  const [script = '', ...otherScripts] = inline(html, 'script');
  const [style = '', ...otherStyles] = inline(html, 'style');
  expect([otherScripts, otherStyles]).toEqual([[], []]);
  expect(headers['Content-Security-Policy']?.split('; ')).toEqual([
    "default-src 'none'",
    `script-src ${sha256(script)}`,
    `style-src ${sha256(style)}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  // What the policy would block, and so would not work.
  expect(html).not.toMatch(/<[^>]+\s(?:style|on\w+)=/);
});

test('nothing is loaded from anywhere: other addresses stand in links only', () => {
  const { html } = claimPage(product);
  expect(html).not.toMatch(/<(?:link|img|iframe|object|embed|video|audio|source|base|form)\b/i);
  expect(html.replace(claimPageScript, '')).not.toMatch(/\s(?:src|srcset|action|poster)=|url\(|@import/i);
  const addresses = [...html.matchAll(/<(\w+)[^>]*?\shref="([^"]*)"/g)].map(([, tag, href]) => [tag, href]);
  expect(new Set(addresses.map(([tag]) => tag))).toEqual(new Set(['a']));
  expect(new Set(addresses.map(([, href]) => href))).toEqual(
    new Set(['mailto:support@example.com', 'https://docs.example.com', 'https://status.example.com']),
  );
});

test("no value of the product's configuration can become markup", () => {
  const hostile = `"><script>alert('x')</script><b a='&lt;`;
  const { html } = claimPage({
    name: hostile,
    company: hostile,
    documentationUrl: hostile,
    statusUrl: hostile,
    supportAddress: hostile,
  });
  expect(html).not.toContain('<script>alert');
  expect(html).not.toContain("<b a='");
  expect(inline(html, 'script')).toEqual([claimPageScript]);
  expect(html).toContain(
    '<title>Your API key – &#34;&#62;&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;&#60;b a=&#39;&#38;lt;</title>',
  );
});

test('help is on the page whatever its state, without the script too', () => {
  const { html } = claimPage(product);
  const footer = /<footer>[\s\S]*<\/footer>/.exec(html)?.[0];
  expect(footer).toContain('mailto:support@example.com');
  expect(footer).toContain('https://docs.example.com');
  expect(footer).toContain('https://status.example.com');
  expect(html).toContain('<noscript>');
});

test('the script keeps the types that it states', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-claim-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const script = join(folder, 'claim-page.js');
  await writeFile(script, claimPageScript);
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const options =
    '--ignoreConfig --noEmit --allowJs --checkJs --strict --noUncheckedIndexedAccess --noUnusedLocals';
  const target = '--target es2022 --lib es2022,dom,dom.iterable --moduleDetection force';
  const checked = await promisify(execFile)(process.execPath, [
    tsc,
    ...`${options} ${target}`.split(' '),
    script,
  ]).catch((error: { stdout: string }) => error);
  expect(checked.stdout).toBe('');
});

test('the function answers with the page as it is in the source, bundled and minified as it is deployed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-claim-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'index.mjs');
  buildSync({
    entryPoints: ['functions/delivery/handlers/show-claim-page.ts'],
    absWorkingDir: join(import.meta.dirname, '../..'),
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
  });
  vi.stubEnv('MAIL_PRODUCT', JSON.stringify({ ...product, apiUrl: 'https://api.example.com' }));
  onTestFinished(() => void vi.unstubAllEnvs());
  const { handler } = (await import(outfile)) as { handler: () => Promise<unknown> };
  const { html, headers } = claimPage(product);
  expect(await handler()).toEqual({ statusCode: 200, headers, body: html });
});
