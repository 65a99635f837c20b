import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { callAs, newSubscriber, type Subscriber } from './account-support.ts';
import { generousRates } from './generous-rates.ts';
import { advance, contentsOf, minute } from './management-support.ts';
import { refresh } from './sign-in.ts';
import { startTestIssuer, type TestIssuer, testClientId } from './test-issuer.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

describe('a token of the local issuer', () => {
  let stack: TestStack;
  let ada: Subscriber;
  beforeAll(async () => {
    stack = await startTestStack();
    ada = await newSubscriber(stack, 'ada@example.com');
  });
  afterAll(() => stack.close());

  test('opens the account, and no other route of the API', async () => {
    expect((await ada.call('GET', '/account')).status).toBe(200);
    expect((await ada.call('GET', '/usage')).status).toBe(401);
    expect((await ada.call('POST', '/decisions/evaluate', { category: 'FINANCIAL' })).status).toBe(401);
  });

  test('that is an access token does not: it is for another purpose', async () => {
    expect((await callAs(stack, ada.tokens.accessToken, 'GET', '/account')).status).toBe(401);
  });

  test('is refused with a challenge and a way out, without any cookie', async () => {
    const { status, headers, body } = await callAs(stack, 'x.y.z', 'GET', '/account');
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('Bearer');
    expect(headers.get('set-cookie')).toBeNull();
    expect(body.detail).toContain('sign in again');
  });

  test('is refused wherever it stands but in the one Authorization header', async () => {
    const { idToken } = ada.tokens;
    const attempts = [
      stack.request('GET', `/account?access_token=${idToken}`),
      stack.request('GET', '/account', { Cookie: `token=${idToken}` }),
      stack.request('GET', '/account', { 'X-API-Key': idToken }),
      stack.request('GET', '/account', { Authorization: idToken }),
      stack.request('GET', '/account', { Authorization: `Basic ${idToken}` }),
    ];
    expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    expect(await stack.logs()).not.toContain(idToken.split('.')[2]);
  });

  test('expires with its own second on the moved clock, and a refreshed one goes on', async () => {
    await advance(stack, 14 * minute);
    expect((await ada.call('GET', '/account')).status).toBe(200);
    await advance(stack, 2 * minute);
    expect((await ada.call('GET', '/account')).status).toBe(401);
    const tokens = await refresh(stack, ada.tokens);
    expect((await callAs(stack, tokens.idToken, 'GET', '/account')).status).toBe(200);
  });
});

describe('a token of an issuer that the configuration names', () => {
  let issuer: TestIssuer;
  let stack: TestStack;
  beforeAll(async () => {
    issuer = await startTestIssuer();
    stack = await startTestStack({
      overrides: { ...generousRates, identity: { issuer: issuer.url, clientId: testClientId } },
    });
  });
  afterAll(async () => {
    await stack.close();
    await issuer.close();
  });
  const seconds = (offset = 0) => Math.floor(Date.now() / 1000) + offset;

  test('opens an account', async () => {
    const { status, body } = await callAs(stack, await issuer.token(), 'GET', '/account');
    expect(status).toBe(200);
    expect(body.email).toBe('somebody@example.com');
  });

  test('opens it again under another spelling of the address, and with the name that the issuer knows', async () => {
    const token = await issuer.token({ sub: 'grace', email: 'Grace@Example.com', name: 'Grace Hopper' });
    const { body } = await callAs(stack, token, 'GET', '/account');
    expect(body).toMatchObject({ email: 'grace@example.com', name: 'Grace Hopper' });
    const again = await issuer.token({ sub: 'grace', email: 'GRACE@example.com' });
    expect((await callAs(stack, again, 'GET', '/account')).body.subscriptionId).toBe(body.subscriptionId);
  });

  test.each<[string, (issuer: TestIssuer) => Promise<string>]>([
    ['is expired', (i) => i.token({ exp: seconds(-1) })],
    ['never expires', (i) => i.token({ exp: undefined })],
    ['is not valid yet', (i) => i.token({ nbf: seconds(600) })],
    ['is for another audience', (i) => i.token({ aud: 'another-client' })],
    ['is for several, and was issued to another', (i) => i.token({ aud: [testClientId, 'x'], azp: 'x' })],
    ['is of another issuer', (i) => i.token({ iss: 'https://accounts.example.com' })],
    ['is an access token by its type', (i) => i.token({}, { typ: 'at+jwt' })],
    ['is an access token as Cognito marks one', (i) => i.token({ token_use: 'access' })],
    ['names nobody', (i) => i.token({ sub: undefined })],
    ['has no address', (i) => i.token({ email: undefined })],
    ['has an address that is none', (i) => i.token({ email: 'not an address' })],
    ['is signed with the public key as a secret', (i) => i.confused()],
    [
      'is not signed at all',
      async (i) => {
        const [, claims] = (await i.token()).split('.');
        return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
      },
    ],
    [
      'was altered',
      async (i) => {
        const [first, claims = '', last] = (await i.token()).split('.');
        const text = Buffer.from(claims, 'base64url').toString('utf8').replace('"somebody"', '"somebodx"');
        return `${first}.${Buffer.from(text).toString('base64url')}.${last}`;
      },
    ],
    [
      'is signed with a key of somebody else’s under a known name',
      async (i) => {
        const { privateKey } = await generateKeyPair('RS256');
        const [, claims = ''] = (await i.token()).split('.');
        const parsed = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
        return new SignJWT(parsed).setProtectedHeader({ alg: 'RS256', kid: 'key-1' }).sign(privateKey);
      },
    ],
    ['is longer than any', (i) => i.token({ filler: 'x'.repeat(8_000) })],
    ['is three letters', () => Promise.resolve('a.b.c')],
  ])('that %s opens nothing, and nothing is written', async (_what, make) => {
    const before = await contentsOf(stack);
    const { status } = await callAs(stack, await make(issuer), 'GET', '/account');
    expect(status).toBe(401);
    expect(await contentsOf(stack)).toEqual(before);
  });

  test.each([[false], ['false'], [undefined], [1]])(
    'with email_verified %s opens nothing, and says how to go on',
    async (verified) => {
      const before = await contentsOf(stack);
      const token = await issuer.token({ sub: 'new', email: 'victim@example.com', email_verified: verified });
      const { status, body } = await callAs(stack, token, 'GET', '/account');
      expect(status).toBe(403);
      expect(body.detail).toContain('Confirm your e-mail address');
      expect(await contentsOf(stack)).toEqual(before);
    },
  );

  test('with the address of an account that another sign-in owns opens nothing', async () => {
    const token = await issuer.token({ sub: 'somebody else' });
    const { status, body } = await callAs(stack, token, 'GET', '/account');
    expect(status).toBe(403);
    expect(body.detail).toContain('another sign-in');
  });

  test('with a hostile name is called nothing', async () => {
    const name = '<img src=x onerror=alert(1)>\r\nBcc: all@example.com';
    const token = await issuer.token({ sub: 'mallory', email: 'mallory@example.com', name });
    expect((await callAs(stack, token, 'GET', '/account')).body).not.toHaveProperty('name');
  });

  test('is accepted after the issuer changed its keys, and one of the former keys no more', async () => {
    const former = await issuer.token();
    await issuer.rotate();
    const token = await issuer.token();
    // Signing keys are asked for again at most every 30 s of the functions' clock.
    await advance(stack, minute);
    const forNow = { iat: seconds(), exp: seconds(3600) };
    const later = await issuer.token(forNow);
    await vi.waitFor(async () => {
      expect((await callAs(stack, later, 'GET', '/account')).status).toBe(200);
    });
    expect((await callAs(stack, token, 'GET', '/account')).status).toBe(200);
    expect((await callAs(stack, former, 'GET', '/account')).status).toBe(401);
  });

  test('with made-up key names cannot make the functions ask the issuer again and again', async () => {
    const before = issuer.asked();
    const tokens = await Promise.all(
      Array.from({ length: 30 }, (_, n) => issuer.token({}, { kid: `made-up-${n}` })),
    );
    const answers = await Promise.all(tokens.map((token) => callAs(stack, token, 'GET', '/account')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    // Two instances of the function, each once.
    expect(issuer.asked() - before).toBeLessThanOrEqual(4);
  });
});

describe('an issuer that does not answer', () => {
  test('costs a 503 that says when to come again, and never an accept', async () => {
    const issuer = await startTestIssuer();
    const token = await issuer.token();
    await issuer.close();
    const stack = await startTestStack({
      overrides: { ...generousRates, identity: { issuer: issuer.url, clientId: testClientId } },
    });
    onTestFinished(() => stack.close());
    const { status, headers, body } = await callAs(stack, token, 'GET', '/account');
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('5');
    expect(body.detail).toContain('sign-in could not be checked');
  });
});
