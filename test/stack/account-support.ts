import { expectAnswerConforms } from '../openapi/conforms.ts';
import { signUp, type Tokens } from './sign-in.ts';
import type { HttpAnswer, TestStack } from './test-stack.ts';

/** A subscriber who is signed in, with a real token of the local issuer. */
export interface Subscriber {
  readonly email: string;
  readonly tokens: Tokens;
  /** Calls a route of the account, such as `call('POST', '/account/keys', { name: 'first' })`. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<HttpAnswer>;
}

/** Signs somebody up, and gives what they can do; the account begins with the first call. */
export async function newSubscriber(stack: TestStack, email: string): Promise<Subscriber> {
  return subscriber(stack, email, await signUp(stack, email));
}

export function subscriber(stack: TestStack, email: string, tokens: Tokens): Subscriber {
  return {
    email,
    tokens,
    call: (method, path, body, headers = {}) => callAs(stack, tokens.idToken, method, path, body, headers),
  };
}

/** Every answer of an account route is one that the API's description promises. */
export async function callAs(
  stack: TestStack,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  const answer = await stack.request(
    method,
    path,
    {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  );
  if (path.startsWith('/account')) expectAnswerConforms(method, pathTemplate(path), answer);
  return answer;
}

function pathTemplate(path: string): string {
  return path
    .replace(/\?.*$/, '')
    .replace(/^(\/account\/keys\/)[^/]+/, '$1{keyId}')
    .replace(/^(\/account\/alerts\/)[^/]+/, '$1{alertId}');
}
