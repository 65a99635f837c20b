import {
  type Problem,
  ProblemError,
  parseProblem,
  signedOut,
  tookTooLong,
  unreachable,
} from '../rules/problem.ts';
import { parseRateLimit, type RateLimitStatus } from '../rules/rate-limit.ts';
import { retryDelay } from '../rules/retry.ts';
import { learnServerTime } from '../time/clock.ts';
import type {
  Account,
  AccountAlert,
  AccountKey,
  AlertAnswer,
  AlertList,
  AnsweredAlert,
  AuditPage,
  ChangeSettings,
  ChooseTier,
  ClaimedKey,
  CreatedKey,
  CreateKey,
  DeletedAccount,
  KeyList,
  KeySuspension,
  Portal,
  RevokedKey,
  RotatedKey,
  RotateKey,
  Settings,
  StoredSecret,
  TierChange,
  UsageReport,
} from './types.ts';

/** Where tokens come from: the session. */
export interface TokenSource {
  token(refused?: string): Promise<string>;
  expire(): void;
  /** Whose they are, by the issuer's id. */
  whose(): string | undefined;
}

export interface Usage extends UsageReport {
  /** As the response's headers tell it; of the present month alone. */
  readonly rateLimit?: RateLimitStatus;
}

interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal | undefined;
  readonly timeout?: number;
}

interface Answer<T> {
  readonly body: T;
  readonly headers: Headers;
}

/** Longer than the API's own limit, so that its answer is seen. */
const defaultTimeout = 32_000;

/**
 * The account API (`docs/accounts.md`). Every method answers what its route does, and throws `ProblemError` otherwise.
 * What passes (429, 503, a lost connection) is tried again as the answer says; a token that is refused is renewed once.
 * Methods that make something take the `Idempotency-Key` of the act (`useAction`).
 */
export class Api {
  readonly #baseUrl: string;
  readonly #tokens: TokenSource;

  constructor(baseUrl: string, tokens: TokenSource) {
    this.#baseUrl = baseUrl;
    this.#tokens = tokens;
  }

  readonly account = (signal?: AbortSignal): Promise<Account> => this.#body('/account', { signal });

  async usage(period: string | undefined, signal?: AbortSignal): Promise<Usage> {
    const { body, headers } = await this.#ask<UsageReport>('/account/usage', { query: { period }, signal });
    const rateLimit = parseRateLimit(headers.get('RateLimit-Policy'), headers.get('RateLimit'));
    if (rateLimit === undefined) return body;
    learnServerTime(Date.parse(body.resetsAt) - rateLimit.resetSeconds * 1000);
    return { ...body, rateLimit };
  }

  /** All keys, revoked ones too: pages are read to the end. */
  async keys(signal?: AbortSignal): Promise<readonly AccountKey[]> {
    const all: AccountKey[] = [];
    let cursor: string | undefined;
    do {
      const page: KeyList = await this.#body('/account/keys', { query: { limit: '100', cursor }, signal });
      all.push(...page.keys);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return all;
  }

  readonly key = (keyId: string, signal?: AbortSignal): Promise<AccountKey> =>
    this.#body(keyPath(keyId), { signal });

  readonly audit = (
    query: { readonly keyId?: string; readonly cursor?: string; readonly limit?: number },
    signal?: AbortSignal,
  ): Promise<AuditPage> => {
    const limit = query.limit === undefined ? undefined : String(query.limit);
    return this.#body('/account/audit', { query: { ...query, limit }, signal });
  };

  /** One page of what was unusual, newest first: what lasts, and what is over. */
  readonly alerts = (
    query: {
      readonly status?: 'open' | 'all';
      readonly limit?: number;
      readonly cursor?: string | undefined;
    },
    signal?: AbortSignal,
  ): Promise<AlertList> => {
    const limit = query.limit === undefined ? undefined : String(query.limit);
    return this.#body('/account/alerts', { query: { ...query, limit }, signal });
  };

  /** All that last, newest first: pages are read to the end. */
  async openAlerts(signal?: AbortSignal): Promise<readonly AccountAlert[]> {
    const all: AccountAlert[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.alerts({ status: 'open', limit: 100, cursor }, signal);
      all.push(...page.alerts);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return all;
  }

  /** One of them; null where this account has none of this id, or it is no id at all. */
  async alert(alertId: string, signal?: AbortSignal): Promise<AccountAlert | null> {
    try {
      return await this.#body<AccountAlert>(`/account/alerts/${encodeURIComponent(alertId)}`, { signal });
    } catch (error) {
      if (error instanceof ProblemError && [400, 404].includes(error.problem.status)) return null;
      throw error;
    }
  }

  readonly answerAlert = (
    alertId: string,
    answer: AlertAnswer,
    idempotencyKey: string,
  ): Promise<AnsweredAlert> =>
    this.#body(`/account/alerts/${encodeURIComponent(alertId)}/answer`, {
      method: 'POST',
      body: { answer },
      idempotencyKey,
    });

  /** Stops a key, or lets go on what its owner or something unusual has stopped. */
  readonly suspendKey = (keyId: string, suspended: boolean): Promise<KeySuspension> =>
    this.#body(keyPath(keyId, 'suspension'), { method: 'PUT', body: { suspended } });

  readonly createKey = (body: CreateKey, idempotencyKey: string): Promise<CreatedKey> =>
    this.#body('/account/keys', { method: 'POST', body, idempotencyKey });

  readonly rotateKey = (keyId: string, body: RotateKey, idempotencyKey: string): Promise<RotatedKey> =>
    this.#body(keyPath(keyId, 'rotate'), { method: 'POST', body, idempotencyKey });

  readonly claimKey = (keyId: string, idempotencyKey: string): Promise<ClaimedKey> =>
    this.#body(keyPath(keyId, 'claim'), { method: 'POST', idempotencyKey });

  /** "I have stored it": ends the handover of this version. */
  readonly storeSecret = (keyId: string, version: number, idempotencyKey: string): Promise<StoredSecret> =>
    this.#body(keyPath(keyId, 'stored'), { method: 'POST', body: { version }, idempotencyKey });

  readonly revokeKey = (keyId: string): Promise<RevokedKey> =>
    this.#body(keyPath(keyId), { method: 'DELETE' });

  readonly chooseTier = (body: ChooseTier): Promise<TierChange> =>
    this.#body('/account/tier', { method: 'PUT', body });

  readonly openPortal = (idempotencyKey: string): Promise<Portal> =>
    this.#body('/account/portal', { method: 'POST', idempotencyKey });

  readonly changeSettings = (body: ChangeSettings): Promise<Settings> =>
    this.#body('/account/settings', { method: 'PUT', body });

  /** The file as the API gives it, for a download: it is never parsed here. */
  async exportAccount(): Promise<Blob> {
    const response = await this.#send('/account/export', {});
    return response.blob();
  }

  readonly deleteAccount = (): Promise<DeletedAccount> => this.#body('/account', { method: 'DELETE' });

  async #body<T>(path: string, asked: Asked): Promise<T> {
    return (await this.#ask<T>(path, asked)).body;
  }

  async #ask<T>(path: string, asked: Asked): Promise<Answer<T>> {
    const response = await this.#send(path, asked);
    return { body: (await response.json()) as T, headers: response.headers };
  }

  /** @returns the answer of a request that worked, after as many tries as make sense */
  async #send(path: string, asked: Asked): Promise<Response> {
    let refused: string | undefined;
    const whose = this.#tokens.whose();
    for (let attempt = 1; ; attempt++) {
      const token = await this.#tokens.token(refused);
      // Whoever has signed in meanwhile did not ask for it.
      if (this.#tokens.whose() !== whose) throw new ProblemError(signedOut);
      const outcome = await this.#once(path, asked, token);
      if (outcome instanceof Response) return outcome;
      asked.signal?.throwIfAborted();
      if (outcome.status === 401) {
        if (refused !== undefined) this.#tokens.expire();
        if (refused === token) throw new ProblemError(outcome);
        refused = token;
        continue;
      }
      const delay = retryDelay(outcome, attempt, Math.random());
      if (delay === undefined) throw new ProblemError(outcome);
      await pause(delay, asked.signal);
    }
  }

  async #once(path: string, asked: Asked, token: string): Promise<Response | Problem> {
    const { method = 'GET', query = {}, body, idempotencyKey, signal, timeout = defaultTimeout } = asked;
    const url = new URL(this.#baseUrl + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const limit = AbortSignal.timeout(timeout);
    try {
      const response = await fetch(url, {
        method,
        headers: {
          Authorization: `Bearer ${token}`,
          Accept: 'application/json, application/problem+json',
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        credentials: 'omit',
        cache: 'no-store',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      });
      if (response.ok) return response;
      const told = await response.json().catch(() => undefined);
      return parseProblem(response.status, told, (name) => response.headers.get(name));
    } catch {
      return limit.aborted ? tookTooLong : unreachable;
    }
  }
}

function keyPath(keyId: string, act?: string): string {
  return `/account/keys/${encodeURIComponent(keyId)}${act === undefined ? '' : `/${act}`}`;
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
