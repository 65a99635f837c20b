import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  clientOf,
  codeFor,
  goodPassword,
  openBrowser,
  type PageAnswer,
  problemOf,
  signIn,
  signUp,
} from '../../stack/sign-in.ts';
import { addressOf, dashboard, type IssuerUnderTest, startTestIssuer } from './support.ts';
import { discover } from './support-tokens.ts';

let stack: IssuerUnderTest;
beforeAll(async () => {
  stack = await startTestIssuer();
});
afterAll(() => stack.close());

describe('signing in', () => {
  /** Tries wrong passwords, each as soon as it may, until the next one must wait for 64 seconds. */
  async function failElevenTimes(email: string): Promise<(password: string) => Promise<PageAnswer>> {
    const browser = openBrowser(stack);
    const { url } = await browser.begin();
    const attempt = (password: string) => browser.post(url, { email, password });
    for (let failure = 1; failure <= 11; failure++) {
      if (failure > 5) await stack.clock.moveTo(stack.clock.now() + 1000 * 2 ** (failure - 6));
      expect([failure, (await attempt('Wrong-password-1')).status]).toEqual([failure, 400]);
    }
    return attempt;
  }

  test('waits twice as long after each wrong password from the fifth on, whether the address has an account or not', async () => {
    const known = addressOf('locked');
    await signUp(stack, known);
    for (const email of [known, addressOf('unknown')]) {
      const attempt = await failElevenTimes(email);
      const locked = await attempt(goodPassword);
      expect(locked.status).toBe(429);
      const seconds = Number(locked.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(32);
      expect(seconds).toBeLessThanOrEqual(64);
      expect(problemOf(locked)).toBe(`There were too many attempts. Try again in ${seconds} seconds.`);
    }
    await stack.clock.moveTo(stack.clock.now() + 64_000);
    await signIn(stack, known);
  });

  test('looks at one of many passwords that are tried at once, when it is time for one', async () => {
    const email = addressOf('parallel');
    await signUp(stack, email);
    const attempt = await failElevenTimes(email);
    await stack.clock.moveTo(stack.clock.now() + 64_000);
    const answers = await Promise.all(Array.from({ length: 12 }, () => attempt('Wrong-password-1')));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([400, ...Array(11).fill(429)]);
  });

  test('is remembered by the browser for an hour, and by no other one', async () => {
    const email = addressOf('remembered');
    const browser = openBrowser(stack);
    const { url } = await browser.begin();
    const { sub } = await signUp(stack, email);
    await browser.finish(await browser.post(url, { email, password: goodPassword }));
    expect(await browser.finish(await browser.begin())).toMatchObject({ sub });
    // Asked for, the page comes all the same.
    expect((await browser.begin({ prompt: 'login' })).url).toContain('/interaction/');
    expect((await openBrowser(stack).begin()).url).toContain('/interaction/');
    await stack.clock.moveTo(stack.clock.now() + 3_600_000);
    expect((await browser.begin()).url).toContain('/interaction/');
  });

  test('ends by signing out, which leads to where the client may be led to and nowhere else', async () => {
    const email = addressOf('leaving');
    await signUp(stack, email);
    const browser = openBrowser(stack);
    const { url } = await browser.begin();
    const { idToken } = await browser.finish(await browser.post(url, { email, password: goodPassword }));
    const { end_session_endpoint: endpoint } = await discover(stack);
    const leave = (to: string) =>
      browser.get(
        `${endpoint}?${new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: to })}`,
      );
    expect((await leave('https://example.com/')).status).toBe(400);
    // Cognito has words of its own for it.
    const inItsWords = new URLSearchParams({
      client_id: clientOf(stack).clientId,
      logout_uri: 'https://example.com/',
    });
    expect((await browser.get(`${endpoint}?${inItsWords}`)).status).toBe(400);
    inItsWords.set('logout_uri', `${dashboard}/`);
    expect((await browser.get(`${endpoint}?${inItsWords}`)).status).toBe(200);
    const page = await leave(`${dashboard}/`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const left = await browser.post(`${endpoint}/confirm`, { xsrf, logout: 'yes' });
    expect(left.url).toBe(`${dashboard}/`);
    expect((await browser.begin()).url).toContain('/interaction/');
  });
});

describe('a forgotten password', () => {
  async function forget(email: string) {
    const browser = openBrowser(stack);
    const { url } = await browser.begin();
    const page = await browser.post(`${url}/forgotten-password`, { email });
    const choose = (code: string, password: string) =>
      browser.post(page.url, { code, password, repeated: password });
    return { browser, page, choose };
  }

  test('is replaced by who reads the mail, and the old one is worth nothing then', async () => {
    const email = addressOf('forgetful');
    const { sub } = await signUp(stack, email);
    const { browser, choose } = await forget(email);
    const code = await codeFor(stack, email);
    expect(problemOf(await choose(code, 'weak'))).toContain('The password must have at least 12 characters');
    expect(await browser.finish(await choose(code, 'A-new-password-1'))).toMatchObject({ sub });
    await expect(signIn(stack, email)).rejects.toThrow('wrong');
    expect(await signIn(stack, email, 'A-new-password-1')).toMatchObject({ sub });
  });

  test('is not replaced by a wrong code, nor by one from an hour ago', async () => {
    const email = addressOf('hour');
    await signUp(stack, email);
    const { choose } = await forget(email);
    const code = await codeFor(stack, email);
    const wrong = code === '000000' ? '000001' : '000000';
    expect(problemOf(await choose(wrong, 'A-new-password-1'))).toMatch(/^This code is wrong/);
    await stack.clock.moveTo(stack.clock.now() + 3_600_000);
    expect(problemOf(await choose(code, 'A-new-password-1'))).toMatch(/^This code has expired/);
    await signIn(stack, email);
  });

  test('opens nothing by a code that was mailed for signing up', async () => {
    const email = addressOf('mixed');
    const signingUp = openBrowser(stack);
    const { url } = await signingUp.begin();
    await signingUp.post(`${url}/sign-up`, { email, password: goodPassword, repeated: goodPassword });
    const code = await codeFor(stack, email);
    const { choose } = await forget(email);
    expect(problemOf(await choose(code, 'A-new-password-1'))).toMatch(/^This code is wrong/);
  });
});

describe('a page', () => {
  test('is the browser’s that began, and of this sign-in', async () => {
    const mine = openBrowser(stack);
    const { url } = await mine.begin();
    const stranger = await openBrowser(stack).get(url);
    expect([stranger.status, problemOf(stranger)]).toEqual([
      400,
      'This sign-in has expired, or was begun in another browser.',
    ]);
    expect((await mine.get(`${url}/constructor`)).status).toBe(404);
    // In the middle of something that was not begun, it leads to the beginning.
    expect((await mine.get(`${url}/code`)).url).toBe(`${url}/sign-up`);
    expect((await mine.get(`${url}/new-password`)).url).toBe(`${url}/forgotten-password`);
  });

  test('takes no form of another web page', async () => {
    const email = addressOf('csrf');
    await signUp(stack, email);
    const browser = openBrowser(stack);
    const { url } = await browser.begin();
    const form = { email, password: goodPassword };
    // The dashboard's own pages may use the endpoints, and sign nobody in either.
    for (const origin of ['https://example.com', 'null', dashboard]) {
      expect((await browser.post(url, form, { origin })).status).toBe(403);
    }
    expect((await browser.post(url, form, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  test('cannot be framed, runs no script, loads nothing, and is kept by nobody', async () => {
    const page = await openBrowser(stack).begin();
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain(`form-action 'self' ${dashboard}`);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.text).not.toMatch(/<script|<link|<img|javascript:/);
  });

  test('shows what was typed, and never as markup', async () => {
    const browser = openBrowser(stack);
    const { url } = await browser.begin();
    const email = `"><b id=${randomUUID()}>@example.com`;
    const page = await browser.post(url, { email, password: 'x' });
    expect(page.text).not.toContain(email);
    expect(page.text).toContain('&quot;&gt;&lt;b id=');
  });
});
