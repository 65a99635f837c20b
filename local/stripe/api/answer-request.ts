import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Account } from '../account.ts';
import { apiVersion } from '../api-version.ts';
import { newId } from '../ids.ts';
import type { Endpoint, Prepared } from './endpoint.ts';
import { ApiError, invalid, renderError } from './error.ts';
import { expandAnswer } from './expand.ts';
import { parseForm } from './form.ts';
import type { Answers } from './idempotency.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ApiOptions {
  readonly account: Account;
  readonly answers: Answers;
  readonly endpoints: readonly Endpoint[];
  readonly secretKey: string;
  readonly log: (line: string) => void;
}

/** How long a change is under way at least, so that requests which race meet each other as they do at Stripe. */
const changeMilliseconds = 5;

/** Answers a request of the API as Stripe does; refusals are answers too. */
export async function answerRequest(options: ApiOptions, request: ApiRequest): Promise<ApiAnswer> {
  const requestId = newId('req', 14);
  const key = request.method === 'POST' ? header(request, 'idempotency-key') : undefined;
  const answer = await attempt(options, request, requestId, key).catch((error: unknown) => {
    const known = error instanceof ApiError ? error : unexpected(options, error);
    return { status: known.status, headers: {}, body: renderError(known) };
  });
  options.log(`${request.method} ${request.path} ${answer.status} ${requestId}`);
  return {
    ...answer,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-cache, no-store',
      'request-id': requestId,
      'stripe-version': apiVersion,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...answer.headers,
    },
  };
}

async function attempt(
  { account, answers, endpoints, secretKey }: ApiOptions,
  request: ApiRequest,
  requestId: string,
  key: string | undefined,
): Promise<ApiAnswer> {
  authenticate(request, secretKey);
  const { endpoint, id } = findEndpoint(endpoints, request);
  const form = parseForm(request.method === 'POST' ? request.body : request.query);
  const carryOut = ({ expand, run }: Prepared, keep: (status: number, body: string) => void): string => {
    const cause = { id: requestId, idempotency_key: key ?? null };
    try {
      return account.act(
        () => {
          const body = JSON.stringify(expandAnswer(run(), expand, account), null, 2);
          keep(200, body);
          return body;
        },
        { cause },
      );
    } catch (error) {
      if (error instanceof ApiError) account.act(() => keep(error.status, renderError(error)));
      throw error;
    }
  };
  if (key === undefined) {
    return { status: 200, headers: {}, body: carryOut(endpoint.prepare(form, id, account), () => {}) };
  }
  const known = answers.begin(key, request.path, form);
  if (known !== undefined) {
    const headers = { 'idempotent-replayed': 'true', 'original-request': known.requestId };
    return { status: known.status, headers, body: known.body };
  }
  try {
    // Nothing is kept of a request whose parameters are wrong: it never began.
    const prepared = endpoint.prepare(form, id, account);
    await wait(changeMilliseconds);
    const body = carryOut(prepared, (status, text) =>
      answers.keep(key, request.path, form, { status, body: text, requestId }),
    );
    return { status: 200, headers: {}, body };
  } finally {
    answers.end(key);
  }
}

function authenticate(request: ApiRequest, secretKey: string): void {
  const authorization = header(request, 'authorization') ?? '';
  const [, scheme = '', credentials = ''] = /^(Bearer|Basic) (.+)$/i.exec(authorization) ?? [];
  const given =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(credentials, 'base64').toString('utf8').replace(/:.*$/s, '')
      : credentials;
  const refuse = (message: string) => new ApiError(401, { type: 'invalid_request_error', message });
  if (given === '') {
    throw refuse(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  // Not the end of the key that Stripe repeats: it may be one of another account.
  if (!isSame(given, secretKey)) throw refuse('Invalid API Key provided: ********');
  const version = header(request, 'stripe-version');
  if (version !== undefined && version !== apiVersion) {
    throw invalid(`Invalid Stripe API version: ${version}; this one speaks ${apiVersion} only.`);
  }
  for (const name of ['stripe-account', 'stripe-context']) {
    if (header(request, name) !== undefined) throw invalid(`The header ${name} is not supported.`);
  }
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function findEndpoint(
  endpoints: readonly Endpoint[],
  { method, path }: ApiRequest,
): { endpoint: Endpoint; id: string } {
  const parts = path.split('/');
  for (const endpoint of endpoints) {
    const pattern = endpoint.path.split('/');
    const fits =
      pattern.length === parts.length && pattern.every((part, i) => part === ':id' || part === parts[i]);
    if (endpoint.method === method && fits) {
      return { endpoint, id: parts[pattern.indexOf(':id')] ?? '' };
    }
  }
  throw new ApiError(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}). The local stand-in of Stripe does not have it, or Stripe has not either.`,
  });
}

function unexpected({ log }: ApiOptions, error: unknown): ApiError {
  log(`unexpected: ${error instanceof Error ? error.stack : String(error)}`);
  return new ApiError(500, { type: 'api_error', message: 'An unknown error occurred; the log tells more.' });
}

function header({ headers }: ApiRequest, name: string): string | undefined {
  const value = headers[name];
  return value === undefined ? undefined : String(value);
}
