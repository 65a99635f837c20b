import { createHash, randomBytes } from 'node:crypto';
import { expect, vi } from 'vitest';
import type { RunningStack } from '../../local/start-stack.ts';

/** Signing up and in as a person with a browser does, over plain HTTP; nothing about a token is made up. */

export type SignInStack = Pick<RunningStack, 'issuerUrl' | 'inboxUrl' | 'template'>;

export interface Tokens {
  readonly idToken: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sub: string;
}

export interface PageAnswer {
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  readonly text: string;
}

export const goodPassword = 'Correct-horse-7-battery';

/** Signs up with an address that has no account, proves it by the code from the inbox, and is signed in. */
export async function signUp(stack: SignInStack, email: string, password = goodPassword): Promise<Tokens> {
  const browser = openBrowser(stack);
  const began = await browser.begin();
  const code = await browser.post(`${began.url}/sign-up`, { email, password, repeated: password });
  if (!code.url.endsWith('/code')) throw new Error(`signing up ${email} did not work: ${problemOf(code)}`);
  const digits = await codeFor(stack, email);
  return browser.finish(await browser.post(code.url, { code: digits }));
}

/** Signs in with an account that `signUp` made. */
export async function signIn(stack: SignInStack, email: string, password = goodPassword): Promise<Tokens> {
  const browser = openBrowser(stack);
  const began = await browser.begin();
  return browser.finish(await browser.post(began.url, { email, password }));
}

/** New tokens for a refresh token; the one that is handed in is used up. */
export async function refresh(
  stack: SignInStack,
  { refreshToken }: Pick<Tokens, 'refreshToken'>,
): Promise<Tokens> {
  const { status, body } = await tokenRequest(stack, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
  });
  if (status !== 200) throw new Error(`refreshing did not work: ${JSON.stringify(body)}`);
  return tokensOf(body);
}

/** The client of the template: its id, and the first of its callback URLs. */
export function clientOf({ template }: Pick<SignInStack, 'template'>): {
  clientId: string;
  redirectUri: string;
} {
  const [client] = template.byType('AWS::Cognito::UserPoolClient');
  const [redirectUri = ''] = (client?.properties['CallbackURLs'] ?? []) as string[];
  return { clientId: client?.ref ?? '', redirectUri };
}

/** `POST` to the token endpoint, as the client. */
export async function tokenRequest(
  stack: SignInStack,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const response = await fetch(`${issuerOf(stack)}/oauth2/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams({ client_id: clientOf(stack).clientId, ...form }),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body };
}

/** The six digits of the newest mail to the address that has some and that this has not given before. */
export async function codeFor({ inboxUrl }: Pick<SignInStack, 'inboxUrl'>, email: string): Promise<string> {
  return vi.waitFor(
    async () => {
      const { emails } = (await (await fetch(`${inboxUrl}/store`)).json()) as { emails: StoredMail[] };
      const found = emails
        .filter(({ destination }) => destination.to.some((to) => to.includes(email)))
        .flatMap(({ messageId, body }) => {
          const digits = /\b\d{6}\b/.exec(body.text ?? '')?.[0];
          return digits === undefined || given.has(messageId) ? [] : [{ messageId, digits }];
        })
        .at(-1);
      expect(found, `a mail with a code to ${email}`).toBeDefined();
      given.add(found?.messageId ?? '');
      return found?.digits ?? '';
    },
    { timeout: 10_000, interval: 20 },
  );
}

const given = new Set<string>();

interface StoredMail {
  readonly messageId: string;
  readonly destination: { readonly to: readonly string[] };
  readonly body: { readonly text?: string };
}

export interface Browser {
  /** Opens the page that signs in: the answer's `url` is the interaction's. */
  begin(parameters?: Record<string, string>): Promise<PageAnswer>;
  get(url: string): Promise<PageAnswer>;
  /** Sends a form, as the page that it stands on would. */
  post(url: string, form: Record<string, string>, headers?: Record<string, string>): Promise<PageAnswer>;
  /** Takes the code from where the browser was sent, and changes it for tokens. */
  finish(last: PageAnswer): Promise<Tokens>;
}

/** A browser with cookies, which follows redirects within the issuer, and stops at those that leave it. */
export function openBrowser(stack: SignInStack): Browser {
  const issuer = issuerOf(stack);
  const { clientId, redirectUri } = clientOf(stack);
  const cookies = new Map<string, { value: string; path: string }>();
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(8).toString('base64url');

  function cookieHeader(path: string): string {
    return [...cookies]
      .filter(([, cookie]) => path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, '/')))
      .map(([name, { value }]) => `${name.split(' ')[0]}=${value}`)
      .join('; ');
  }

  function keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
      if (value === '') cookies.delete(`${name} ${path}`);
      else cookies.set(`${name} ${path}`, { value, path });
    }
  }

  async function visit(url: string, init: RequestInit = {}): Promise<PageAnswer> {
    const { pathname } = new URL(url);
    const headers = { accept: 'text/html', ...init.headers, cookie: cookieHeader(pathname) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    keep(response);
    const text = await response.text();
    const location = response.headers.get('location');
    if (location !== null) {
      const next = new URL(location, url).href;
      if (next.startsWith(`${issuer}/`)) return visit(next);
      return { status: response.status, url: next, headers: response.headers, text };
    }
    return { status: response.status, url, headers: response.headers, text };
  }

  return {
    begin: (parameters = {}) => {
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid email profile',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        state,
        ...parameters,
      });
      for (const [name, value] of [...query]) if (value === '') query.delete(name);
      return visit(`${issuer}/oauth2/authorize?${query}`);
    },
    get: (url) => visit(url),
    post: (url, form, headers = {}) =>
      visit(url, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { origin: issuer, ...headers },
      }),
    async finish(last) {
      const answer = new URL(last.url);
      const code = answer.searchParams.get('code');
      if (!last.url.startsWith(redirectUri) || code === null || answer.searchParams.get('state') !== state) {
        throw new Error(`signing in did not work: ${last.status} at ${last.url}: ${problemOf(last)}`);
      }
      const { status, body } = await tokenRequest(stack, {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      });
      if (status !== 200) throw new Error(`the code gave no tokens: ${JSON.stringify(body)}`);
      return tokensOf(body);
    },
  };
}

/** What a page says went wrong. */
export function problemOf({ text }: Pick<PageAnswer, 'text'>): string {
  const alert = /<(\w+) role="alert"[^>]*>(.*?)<\/\1>/s.exec(text)?.[2] ?? '';
  return alert
    .replaceAll('</li>', ' ')
    .replace(/<[^>]*>/g, '')
    .trim();
}

function issuerOf({ issuerUrl }: Pick<SignInStack, 'issuerUrl'>): string {
  if (issuerUrl === undefined) throw new Error('this stack has no user pool');
  return issuerUrl;
}

function tokensOf(body: Record<string, unknown>): Tokens {
  const { id_token: idToken, access_token: accessToken, refresh_token: refreshToken } = body;
  const [, claims = ''] = String(idToken).split('.');
  const { sub } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { sub: string };
  return {
    idToken: String(idToken),
    accessToken: String(accessToken),
    refreshToken: String(refreshToken),
    sub,
  };
}
