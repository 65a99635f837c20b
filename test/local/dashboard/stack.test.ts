import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signUp } from '../../stack/sign-in.ts';
import { startTestStack, type TestStack } from '../../stack/test-stack.ts';

let stack: TestStack;
let origin: string;
beforeAll(async () => {
  stack = await startTestStack();
  origin = stack.dashboardUrl ?? '';
});
afterAll(() => stack.close());

describe('the stack’s own dashboard', () => {
  test.each(['/', '/keys', '/claim'])('opens its page at %s, with what it loads', async (path) => {
    const response = await fetch(`${origin}${path}`);
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    const [, script = ''] = /<script type="module"[^>]* src="([^"]+)"/.exec(await response.text()) ?? [];
    const loaded = await fetch(`${origin}${script}`);
    expect(loaded.status).toBe(200);
    expect(loaded.headers.get('content-type')).toBe('text/javascript');
    expect(loaded.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  test('has no page under the name of a script that is gone', async () => {
    expect((await fetch(`${origin}/assets/gone.js`)).status).toBe(404);
  });

  test('is told where the API and the issuer are on this machine, and what the product is called', async () => {
    const response = await fetch(`${origin}/config.json`);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(await response.json()).toEqual({
      apiUrl: stack.apiUrl,
      issuer: stack.issuerUrl,
      clientId: stack.issuerClientId,
      product: 'AI Decision Engine',
      company: 'AI Weed Company',
      supportAddress: 'support@aiweedcompany.com',
      documentationUrl: 'https://docs.aiweedcompany.com',
      statusUrl: 'https://status.aiweedcompany.com',
    });
  });

  test('may call these two, and nobody else', async () => {
    const policy = (await fetch(origin)).headers.get('content-security-policy') ?? '';
    const [connect = ''] = policy.split('; ').filter((directive) => directive.startsWith('connect-src'));
    expect(new Set(connect.split(' ').slice(1))).toEqual(new Set(["'self'", stack.apiUrl, stack.issuerUrl]));
    expect(policy).not.toMatch(/amazonaws|amazoncognito|cloudfront|unsafe-/);
  });

  test('alone may call the account from a browser, in whatever name one asks', async () => {
    for (const asking of [origin, 'https://evil.example.com']) {
      const preflight = await stack.request('OPTIONS', '/account', {
        Origin: asking,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization',
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
    }
    const { idToken } = await signUp(stack, 'ada@example.com');
    const account = await stack.request('GET', '/account', {
      Authorization: `Bearer ${idToken}`,
      Origin: origin,
    });
    expect([account.status, account.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
  });

  test('is where people come back to from signing in, whom the issuer lets fetch tokens', async () => {
    const [client] = stack.template.byType('AWS::Cognito::UserPoolClient');
    expect(client?.properties).toMatchObject({
      CallbackURLs: [`${origin}/signed-in`, `${origin}/`],
      LogoutURLs: [`${origin}/`],
    });
    const discovery = await fetch(`${stack.issuerUrl}/.well-known/openid-configuration`, {
      headers: { Origin: origin },
    });
    const { token_endpoint: tokens } = (await discovery.json()) as { token_endpoint: string };
    const answer = await fetch(tokens, {
      method: 'POST',
      headers: { Origin: origin },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: stack.issuerClientId ?? '',
        code: 'x',
      }),
    });
    for (const { headers } of [discovery, answer]) {
      expect(headers.get('access-control-allow-origin')).toMatch(new RegExp(`^(\\*|${origin})$`));
    }
  });

  test('stands in every place of the stack where the cloud has the distribution’s address', () => {
    expect(
      JSON.stringify(stack.template.resources.filter(({ type }) => !type.startsWith('AWS::CloudFront'))),
    ).not.toMatch(/\.cloudfront\.net/);
    expect(stack.template.outputs['DashboardUrl']).toBe(origin);
  });

  test('is copied by nobody here: the function for that is not among those of the stack', () => {
    const names = Object.values(stack.functions);
    expect(names.length).toBeGreaterThan(40);
    expect(names.filter((name) => !name.startsWith('latchkey-dev-'))).toEqual([]);
    expect(names.filter((name) => /bucketdeployment/i.test(name))).toEqual([]);
  });
});

test('a dashboard that is served elsewhere is not served here, and is the one that may call', async () => {
  const elsewhere = 'http://localhost:5173';
  const other = await startTestStack({ overrides: { dashboard: { url: elsewhere } } });
  try {
    expect(other.dashboardUrl).toBeUndefined();
    const preflight = await other.request('OPTIONS', '/account', { Origin: elsewhere });
    expect(preflight.headers.get('access-control-allow-origin')).toBe(elsewhere);
  } finally {
    await other.close();
  }
});
