import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startIssuer } from '../../../local/issuer/start-issuer.ts';
import { openState } from '../../../local/state.ts';
import { codeFor, goodPassword, openBrowser, refresh, signIn, signUp } from '../../stack/sign-in.ts';
import { addressOf, environment, type IssuerUnderTest, startTestIssuer } from './support.ts';
import { verify } from './support-tokens.ts';

let stack: IssuerUnderTest;
beforeEach(async () => {
  stack = await startTestIssuer();
});
afterEach(() => stack.close());

/** What the keys of the provider are, as the data folder has them. */
function keptKeys(): number {
  const state = openState(join(stack.dataDir, 'issuer.sqlite'));
  try {
    return state.map('keys').entries().length;
  } finally {
    state.close();
  }
}

test('runs nothing before somebody comes, and then once for all who come at the same time', async () => {
  expect(keptKeys()).toBe(0);
  const discoveries = await Promise.all(
    Array.from({ length: 5 }, () => fetch(`${stack.issuerUrl}/.well-known/openid-configuration`)),
  );
  expect(discoveries.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(keptKeys()).toBe(2);
});

test('a restart forgets no user, key, session, refresh token, nor what was just begun', async () => {
  const email = addressOf('restart');
  const tokens = await signUp(stack, email);
  const signedIn = openBrowser(stack);
  const { url } = await signedIn.begin();
  await signedIn.finish(await signedIn.post(url, { email, password: goodPassword }));
  const signingUp = openBrowser(stack);
  const other = addressOf('begun');
  const begun = await signingUp.begin();
  const form = { email: other, password: goodPassword, repeated: goodPassword };
  const page = await signingUp.post(`${begun.url}/sign-up`, form);

  await stack.restart();

  expect((await verify(stack, tokens.idToken)).claims.sub).toBe(tokens.sub);
  expect((await refresh(stack, tokens)).sub).toBe(tokens.sub);
  expect((await signIn(stack, email)).sub).toBe(tokens.sub);
  expect((await signedIn.finish(await signedIn.begin())).sub).toBe(tokens.sub);
  await signingUp.finish(await signingUp.post(page.url, { code: await codeFor(stack, other) }));
});

test('keeps neither passwords nor codes in clear, logs none, and shows its file to the user alone', async () => {
  const email = addressOf('secret');
  const browser = openBrowser(stack);
  const { url } = await browser.begin();
  const form = { email, password: goodPassword, repeated: goodPassword };
  const page = await browser.post(`${url}/sign-up`, form);
  const code = await codeFor(stack, email);
  await browser.post(page.url, { code: '0' });
  const tokens = await browser.finish(await browser.post(page.url, { code }));
  await stack.restart();
  const kept = readdirSync(stack.dataDir)
    .filter((file) => file.startsWith('issuer.sqlite'))
    .map((file) => join(stack.dataDir, file));
  expect(kept.length).toBeGreaterThan(0);
  for (const file of kept) {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'latin1')).not.toContain(goodPassword);
    expect(readFileSync(file, 'latin1')).not.toContain(`"${code}"`);
  }
  const log = stack.lines.join('\n');
  for (const secret of [goodPassword, code, tokens.idToken, tokens.accessToken, tokens.refreshToken]) {
    expect(log).not.toContain(secret);
  }
});

test('answers under its own name only', async () => {
  const port = new URL(stack.issuerUrl).port;
  const path = '/.well-known/openid-configuration';
  for (const host of [`rebound.example.com:${port}`, `localhost:${port}`]) {
    const request = httpRequest(`${stack.issuerUrl}${path}`, { headers: { host } }).end();
    const [response] = await once(request, 'response');
    response.resume();
    expect([host, response.statusCode]).toEqual([host, 421]);
  }
});

test('a port in use is the error of the socket', async () => {
  const port = Number(new URL(stack.issuerUrl).port);
  const { pool, clock, inboxUrl, dataDir } = stack;
  const inbox = { url: inboxUrl, accept: async () => '' };
  const again = startIssuer({
    environment: { ...environment, dataDir },
    pool,
    clock,
    inbox,
    port,
    compileCache: dataDir,
    log: () => {},
  });
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE', port });
});

test('a mail that cannot be sent is told on the page and in the log, without its code', async () => {
  const dead = await startTestIssuer();
  await dead.breakInbox();
  const browser = openBrowser(dead);
  const { url } = await browser.begin();
  const form = { email: 'ada@example.com', password: goodPassword, repeated: goodPassword };
  const page = await browser.post(`${url}/sign-up`, form);
  expect(page.status).toBe(500);
  expect(dead.lines.join('\n')).toMatch(/a request failed: Error: .*/);
  expect(dead.lines.join('\n')).not.toMatch(/\b\d{6}\b(?!:)/);
  await dead.close();
});
