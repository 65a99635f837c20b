import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeFor, goodPassword, openBrowser, problemOf, signIn, signUp } from '../../stack/sign-in.ts';
import { addressOf, type IssuerUnderTest, startTestIssuer } from './support.ts';
import { verify } from './support-tokens.ts';

let stack: IssuerUnderTest;
beforeAll(async () => {
  stack = await startTestIssuer();
});
afterAll(() => stack.close());

interface Mail {
  readonly from: string;
  readonly replyTo: readonly string[];
  readonly destination: { readonly to: readonly string[] };
  readonly subject: string;
  readonly body: { readonly text?: string; readonly html?: string };
}

async function mailsTo(address: string): Promise<Mail[]> {
  const { emails } = (await (await fetch(`${stack.inboxUrl}/store`)).json()) as { emails: Mail[] };
  return emails.filter(({ destination }) => destination.to.includes(address));
}

/** Begins to sign up, up to the page that asks for the code. */
async function begin(email: string, password = goodPassword) {
  const browser = openBrowser(stack);
  const { url } = await browser.begin();
  const page = await browser.post(`${url}/sign-up`, { email, password, repeated: password });
  return { browser, page, url };
}

describe('signing up', () => {
  test('ends in an ID token that verifies, and says whose address is proven', async () => {
    const email = addressOf('Ada.Lovelace');
    const before = Math.floor(stack.clock.now() / 1000);
    const tokens = await signUp(stack, email);
    const { header, claims } = await verify(stack, tokens.idToken);
    expect(header).toEqual({ alg: 'RS256', kid: expect.any(String) });
    expect(claims).toMatchObject({ iss: stack.issuerUrl, email, email_verified: true });
    expect(claims.sub).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(claims.iat).toBeGreaterThanOrEqual(before);
    expect(claims['auth_time']).toBeGreaterThanOrEqual(before);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(15 * 60);
  });

  test('is one account for an address, however it is written, and whoever signs in', async () => {
    const email = addressOf('grace');
    const { sub } = await signUp(stack, email);
    expect(await signIn(stack, email.toUpperCase())).toMatchObject({ sub });
  });

  test('mails the code in the words of the template, as its sender', async () => {
    const email = addressOf('words');
    await begin(email);
    const [mail, ...others] = await mailsTo(email);
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      from: '"Example Engine" <no-reply@example.com>',
      replyTo: ['support@example.com'],
      destination: { to: [email] },
      subject: 'Your code for Example Engine',
    });
    expect(mail?.body.html).toMatch(
      /^<p>Your code is <strong>\d{6}<\/strong><\/p><p>Support: support@example.com<\/p>/,
    );
  });

  test.each([
    ['short', 'at least 12 characters, an upper-case letter, a digit, a symbol (such as - or !)'],
    ['ONLYUPPERCASE', 'a lower-case letter, a digit, a symbol (such as - or !)'],
    ['correct-horse-battery', 'an upper-case letter, a digit'],
    ['Correct7horse7battery', 'a symbol (such as - or !)'],
    [`Aa1-${'x'.repeat(300)}`, 'at most 256 characters'],
  ])('names every rule that %s breaks', async (password, rules) => {
    const email = addressOf('weak');
    const { page } = await begin(email, password);
    expect(page.status).toBe(400);
    const named = [...page.text.matchAll(/The password must have ([^<]*?)\.</g)].map(([, rule]) => rule);
    expect(named.join(', ')).toBe(rules);
    // What was typed comes back, but for the passwords.
    expect(page.text).toContain(`value="${email}"`);
    expect(page.text).not.toContain(password);
    expect(await mailsTo(email)).toEqual([]);
  });

  test('refuses passwords that differ, and what is no address', async () => {
    const { browser, url } = await begin(addressOf('differ'), 'x');
    const differing = { email: addressOf('differ'), password: goodPassword, repeated: `${goodPassword}!` };
    expect(problemOf(await browser.post(`${url}/sign-up`, differing))).toBe('The two passwords differ.');
    for (const email of [
      '',
      'ada',
      'ada@example',
      'a b@example.com',
      'ada@example.com,eve@example.com',
      'a@b.c\r\nBcc: e@e.e',
    ]) {
      const answer = await browser.post(`${url}/sign-up`, {
        email,
        password: goodPassword,
        repeated: goodPassword,
      });
      expect([email, problemOf(answer)]).toEqual([email, 'This is not an e-mail address.']);
    }
  });
});

describe('a code', () => {
  test('that is wrong proves nothing, and after five of them the right one neither', async () => {
    const email = addressOf('guess');
    const { browser, page } = await begin(email);
    const digits = await codeFor(stack, email);
    const wrong = digits === '000000' ? '000001' : '000000';
    for (let attempt = 1; attempt <= 5; attempt++) {
      expect(problemOf(await browser.post(page.url, { code: wrong }))).toMatch(/^This code is wrong/);
    }
    expect(problemOf(await browser.post(page.url, { code: digits }))).toMatch(
      /^There were too many wrong codes/,
    );
    await expect(signIn(stack, email)).rejects.toThrow('E-mail or password is wrong');
    // A new one is as good as the first was.
    await browser.post(`${page.url}/new`, {});
    await browser.finish(await browser.post(page.url, { code: await codeFor(stack, email) }));
  });

  test('counts only until the next one is mailed', async () => {
    const email = addressOf('newer');
    const { browser, page } = await begin(email);
    const first = await codeFor(stack, email);
    expect((await browser.post(`${page.url}/new`, {})).url).toBe(page.url);
    const second = await codeFor(stack, email);
    if (first !== second) {
      expect(problemOf(await browser.post(page.url, { code: first }))).toMatch(/^This code is wrong/);
    }
    await browser.finish(
      await browser.post(page.url, { code: ` ${second.slice(0, 3)} ${second.slice(3)} ` }),
    );
  });

  test('is worth nothing to who began something else with the same address', async () => {
    const email = addressOf('victim');
    const mine = await begin(email, 'Victim-chose-this-1');
    await codeFor(stack, email);
    // Somebody else begins later; whoever reads the newest mail and types it gets no account with a stranger's password.
    await begin(email, 'Stranger-chose-this-1');
    const theirs = await codeFor(stack, email);
    expect(problemOf(await mine.browser.post(mine.page.url, { code: theirs }))).toMatch(
      /^This code is wrong/,
    );
    await mine.browser.post(`${mine.page.url}/new`, {});
    await mine.browser.finish(await mine.browser.post(mine.page.url, { code: await codeFor(stack, email) }));
    await signIn(stack, email, 'Victim-chose-this-1');
    await expect(signIn(stack, email, 'Stranger-chose-this-1')).rejects.toThrow('wrong');
  });

  test('makes one account, whoever else had begun with the address', async () => {
    const email = addressOf('twice');
    const first = await begin(email);
    const firstCode = await codeFor(stack, email);
    const second = await begin(email, 'Another-password-1');
    const secondCode = await codeFor(stack, email);
    await first.browser.finish(await first.browser.post(first.page.url, { code: firstCode }));
    expect(problemOf(await second.browser.post(second.page.url, { code: secondCode }))).toMatch(
      /^This code is wrong/,
    );
    await expect(signIn(stack, email, 'Another-password-1')).rejects.toThrow('wrong');
  });

  test('is mailed to an address ten times an hour at most', async () => {
    const email = addressOf('often');
    const { browser, page } = await begin(email);
    for (let mail = 2; mail <= 10; mail++) await browser.post(`${page.url}/new`, {});
    const refused = await browser.post(`${page.url}/new`, {});
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3500);
    expect(await mailsTo(email)).toHaveLength(10);
    await stack.clock.moveTo(stack.clock.now() + 3_600_000);
    expect((await browser.post(`${page.url}/new`, {})).url).toBe(page.url);
  });

  test('proves an address for a day, and no longer', async () => {
    const email = addressOf('late');
    const { browser, page } = await begin(email);
    const digits = await codeFor(stack, email);
    await stack.clock.moveTo(stack.clock.now() + 24 * 3_600_000);
    expect(problemOf(await browser.post(page.url, { code: digits }))).toMatch(/expired/);
    await expect(signIn(stack, email)).rejects.toThrow('wrong');
  });
});

describe('whether an address has an account', () => {
  test('cannot be seen by signing up with it: its owner is told by mail', async () => {
    const email = addressOf('owner');
    const { sub } = await signUp(stack, email);
    const stranger = addressOf('nobody');
    const [taken, free] = [await begin(email, 'Another-password-1'), await begin(stranger)];
    const shown = (page: { text: string }, address: string) =>
      page.text.replaceAll(address, '…').replaceAll(/interaction\/[\w-]+/g, '…');
    expect(shown(taken.page, email)).toBe(shown(free.page, stranger));
    expect((await mailsTo(email)).at(-1)).toMatchObject({ subject: 'You have an account already' });
    expect(await signIn(stack, email)).toMatchObject({ sub });
    await expect(signIn(stack, email, 'Another-password-1')).rejects.toThrow('wrong');
  });

  test('cannot be seen by signing in, nor by asking for a new password', async () => {
    const email = addressOf('known');
    await signUp(stack, email);
    const unknown = addressOf('unknown');
    await expect(signIn(stack, email, 'Wrong-password-1')).rejects.toThrow('E-mail or password is wrong.');
    await expect(signIn(stack, unknown, 'Wrong-password-1')).rejects.toThrow('E-mail or password is wrong.');
    const pages = await Promise.all(
      [email, unknown].map(async (address) => {
        const browser = openBrowser(stack);
        const { url } = await browser.begin();
        const page = await browser.post(`${url}/forgotten-password`, { email: address });
        return page.text.replaceAll(address, '…').replaceAll(/interaction\/[\w-]+/g, '…');
      }),
    );
    expect(pages[0]).toBe(pages[1]);
    await codeFor(stack, email);
    expect(await mailsTo(unknown)).toEqual([]);
  });
});
