import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  clientOf,
  goodPassword,
  openBrowser,
  problemOf,
  refresh,
  signIn,
  signUp,
  type Tokens,
  tokenRequest,
} from '../../stack/sign-in.ts';
import { addressOf, dashboard, type IssuerUnderTest, startTestIssuer } from './support.ts';
import { discover, verify } from './support-tokens.ts';

let stack: IssuerUnderTest;
beforeAll(async () => {
  stack = await startTestIssuer();
});
afterAll(() => stack.close());

const minutes = 60_000;
const forward = (milliseconds: number) => stack.clock.moveTo(stack.clock.now() + milliseconds);
const seconds = () => Math.floor(stack.clock.now() / 1000);

describe('an authorization request', () => {
  test.each([
    ['without PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['with PKCE in the clear', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for the implicit flow', { response_type: 'id_token', nonce: 'n' }, 'unsupported_response_type'],
    ['for a token in the address', { response_type: 'token' }, 'unsupported_response_type'],
    ['without anybody being asked', { prompt: 'none' }, 'login_required'],
    ['for somebody else’s API', { resource: 'https://api.example.com/' }, 'invalid_target'],
  ])('%s is refused', async (_what, parameters, error) => {
    const answer = new URL((await openBrowser(stack).begin(parameters)).url);
    expect(answer.origin + answer.pathname).toBe(`${dashboard}/signed-in`);
    const said = answer.searchParams.get('error') ?? new URLSearchParams(answer.hash.slice(1)).get('error');
    expect(said).toBe(error);
  });

  test.each([
    ['to an address that the client does not have', { redirect_uri: 'https://example.com/' }],
    ['to one that only begins like the client’s', { redirect_uri: `${dashboard}/signed-in/evil` }],
    ['of a client that is not there', { client_id: 'somebody-else' }],
  ])('%s is answered with a page, and leads nowhere', async (_what, parameters) => {
    const answer = await openBrowser(stack).begin(parameters);
    expect([answer.status, new URL(answer.url).origin]).toEqual([400, stack.issuerUrl]);
    expect(problemOf(answer)).not.toBe('');
  });
});

describe('a code', () => {
  async function codeOf(browser = openBrowser(stack)): Promise<Record<string, string>> {
    const email = addressOf('code');
    await signUp(stack, email);
    const verifier = 'v'.repeat(43);
    const { url } = await browser.begin({
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    });
    const answer = new URL((await browser.post(url, { email, password: goodPassword })).url);
    return {
      grant_type: 'authorization_code',
      code: answer.searchParams.get('code') ?? '',
      redirect_uri: clientOf(stack).redirectUri,
      code_verifier: verifier,
    };
  }

  test('is worth nothing without the verifier that it was asked for with', async () => {
    const { code_verifier: _, ...withoutVerifier } = await codeOf();
    expect((await tokenRequest(stack, withoutVerifier)).body).toMatchObject({ error: 'invalid_grant' });
    const request = await codeOf();
    const wrong = await tokenRequest(stack, { ...request, code_verifier: 'w'.repeat(43) });
    expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_grant']);
  });

  test('gives tokens once; a second time ends those that it gave', async () => {
    const request = await codeOf();
    const { body } = await tokenRequest(stack, request);
    expect((await tokenRequest(stack, request)).body).toMatchObject({ error: 'invalid_grant' });
    await expect(refresh(stack, { refreshToken: String(body['refresh_token']) })).rejects.toThrow(
      'invalid_grant',
    );
  });

  test('lives for five minutes', async () => {
    const request = await codeOf();
    await forward(5 * minutes);
    expect((await tokenRequest(stack, request)).body).toMatchObject({ error: 'invalid_grant' });
  });

  test('is the only way to a token: nobody gets one for a password', async () => {
    for (const grant_type of ['password', 'client_credentials', 'implicit']) {
      const { status, body } = await tokenRequest(stack, { grant_type, username: 'a', password: 'b' });
      expect([status, body['error']]).toEqual([400, 'unsupported_grant_type']);
    }
  });
});

describe('an ID token', () => {
  let tokens: Tokens;
  beforeAll(async () => {
    tokens = await signUp(stack, addressOf('token'));
  });

  test('lives for 15 minutes of the moved clock', async () => {
    const before = await verify(stack, (await refresh(stack, tokens)).idToken);
    await forward(83 * 24 * 60 * minutes);
    const email = addressOf('later');
    const later = await signUp(stack, email);
    const { claims } = await verify(stack, later.idToken);
    expect(Math.abs((claims.iat ?? 0) - seconds())).toBeLessThan(60);
    expect(Math.abs(Number(claims['auth_time']) - seconds())).toBeLessThan(60);
    expect((claims.iat ?? 0) - (before.claims.iat ?? 0)).toBeGreaterThan(82 * 86_400);
    await forward(14 * minutes);
    await verify(stack, later.idToken);
    await forward(minutes);
    await expect(verify(stack, later.idToken)).rejects.toThrow('"exp" claim timestamp check failed');
  });

  test('carries the nonce that it was asked for with', async () => {
    const email = addressOf('nonce');
    await signUp(stack, email);
    const browser = openBrowser(stack);
    const { url } = await browser.begin({ nonce: 'only-once' });
    const { idToken } = await browser.finish(await browser.post(url, { email, password: goodPassword }));
    expect((await verify(stack, idToken)).claims['nonce']).toBe('only-once');
  });

  test('tells no more than the template lets the client read', async () => {
    const { idToken } = await signUp(stack, addressOf('claims'));
    const claims = Object.keys(decodeJwt(idToken)).toSorted();
    expect(claims).toEqual(['aud', 'auth_time', 'email', 'email_verified', 'exp', 'iat', 'iss', 'sub']);
  });

  test('is told from an access token by its claims alone, as it is with Cognito', async () => {
    const { idToken, accessToken } = await signUp(stack, addressOf('access'));
    expect(decodeProtectedHeader(accessToken)).toEqual(decodeProtectedHeader(idToken));
    const claims = decodeJwt(accessToken);
    expect(claims).toMatchObject({
      iss: stack.issuerUrl,
      token_use: 'access',
      client_id: clientOf(stack).clientId,
    });
    expect(claims.aud).not.toBe(clientOf(stack).clientId);
    expect(claims).not.toHaveProperty('email');
    await expect(verify(stack, accessToken)).rejects.toThrow('"aud" claim');
  });
});

describe('a refresh token', () => {
  test('gives new tokens of the same sign-in, until a day after it', async () => {
    const first = await signUp(stack, addressOf('day'));
    await forward(20 * 60 * minutes);
    const second = await refresh(stack, first);
    const [before, after] = [decodeJwt(first.idToken), (await verify(stack, second.idToken)).claims];
    expect(after).toMatchObject({ sub: before.sub, auth_time: before['auth_time'], email: before['email'] });
    // A new one does not begin a new day.
    await forward(5 * 60 * minutes);
    await expect(refresh(stack, second)).rejects.toThrow('invalid_grant');
  });

  test('may be used again for ten seconds, for an answer that got lost; after that, it ends all that it led to', async () => {
    const first = await signUp(stack, addressOf('rotate'));
    const second = await refresh(stack, first);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    await forward(1000);
    const retried = await refresh(stack, first);
    // The first use counts, not the last.
    await forward(9500);
    await expect(refresh(stack, first)).rejects.toThrow('invalid_grant');
    await expect(refresh(stack, second)).rejects.toThrow('invalid_grant');
    await expect(refresh(stack, retried)).rejects.toThrow('invalid_grant');
  });

  test('is worth nothing once it is revoked', async () => {
    const { refreshToken } = await signUp(stack, addressOf('revoke'));
    const { revocation_endpoint: endpoint } = await discover(stack);
    const { clientId } = clientOf(stack);
    const revoked = await fetch(endpoint, {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, token: refreshToken }),
    });
    expect(revoked.status).toBe(200);
    await expect(refresh(stack, { refreshToken })).rejects.toThrow('invalid_grant');
  });

  test('outlives the browser’s being signed in', async () => {
    const tokens = await signUp(stack, addressOf('outlive'));
    await forward(2 * 60 * minutes);
    await refresh(stack, tokens);
  });
});

describe('a web page', () => {
  const preflight = (url: string, origin: string, method: string) =>
    fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method } });
  const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

  test('of the client may use discovery, keys and tokens', async () => {
    const { jwks_uri: keys, token_endpoint: token } = await discover(stack);
    const discovery = `${stack.issuerUrl}/.well-known/openid-configuration`;
    for (const url of [discovery, keys]) {
      expect(allowed(await fetch(url, { headers: { origin: dashboard } }))).toBe(dashboard);
    }
    expect(allowed(await preflight(token, dashboard, 'POST'))).toBe(dashboard);
    const { refreshToken } = await signUp(stack, addressOf('cors'));
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const answer = await tokenRequest(stack, form, { origin: dashboard });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, dashboard]);
  });

  test.each(['https://example.com', 'http://localhost:3002', 'null'])(
    'of %s may use none',
    async (origin) => {
      const { jwks_uri: keys, token_endpoint: token } = await discover(stack);
      const { refreshToken } = await signUp(stack, addressOf('foreign'));
      const form = new URLSearchParams({
        client_id: clientOf(stack).clientId,
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      });
      const answers = [
        await fetch(`${stack.issuerUrl}/.well-known/openid-configuration`, { headers: { origin } }),
        await fetch(keys, { headers: { origin } }),
        await preflight(token, origin, 'POST'),
        await fetch(token, { method: 'POST', body: form, headers: { origin } }),
      ];
      for (const answer of answers) expect([answer.status, allowed(answer)]).toEqual([403, null]);
      // What it asked for was not done either.
      await refresh(stack, { refreshToken });
    },
  );
});

describe('deleting a user', () => {
  test('ends refresh tokens and being signed in, and the address can begin anew as somebody else', async () => {
    const email = addressOf('deleted');
    const browser = openBrowser(stack);
    const { url } = await browser.begin();
    const first = await signUp(stack, email);
    await browser.finish(await browser.post(url, { email, password: goodPassword }));
    const others = await signUp(stack, addressOf('stays'));
    expect(stack.issuer.deleteUser(first.sub)).toBe(true);

    await expect(refresh(stack, first)).rejects.toThrow('invalid_grant');
    expect((await browser.begin()).url).toContain('/interaction/');
    await expect(signIn(stack, email)).rejects.toThrow('E-mail or password is wrong');
    await refresh(stack, others);

    const { sub } = await signUp(stack, email, 'Another-password-1');
    expect(sub).not.toBe(first.sub);
    // By address too, in whatever case; a second time there is nobody.
    expect(stack.issuer.deleteUser(email.toUpperCase())).toBe(true);
    expect(stack.issuer.deleteUser(email)).toBe(false);
    expect(stack.issuer.deleteUser(sub)).toBe(false);
  });
});
