import type { ClaimAct, ClaimOutcome } from '../rules/claim.ts';
import { parseRetryAfter } from '../rules/problem.ts';

const paths: Readonly<Record<ClaimAct, string>> = {
  claim: '/claims',
  store: '/claims/stored',
  dispute: '/claims/dispute',
  renew: '/claims/renew',
};

/** Longer than the API's own limit, so that its answer is seen. */
const timeout = 35_000;

/**
 * Asks the API what a link is good for: the link itself authorizes, and travels in the body. Once: who has a link decides
 * whether to try again.
 * @param nonce of the page that claims: whoever has it may read the key again for some minutes
 */
export async function postClaim(
  apiUrl: string,
  act: ClaimAct,
  { token, nonce }: { readonly token: string; readonly nonce: string },
): Promise<ClaimOutcome> {
  try {
    const response = await fetch(apiUrl + paths[act], {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json, application/problem+json' },
      body: JSON.stringify(act === 'claim' || act === 'store' ? { token, nonce } : { token }),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(timeout),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    const retryAfterSeconds = parseRetryAfter(response.headers.get('Retry-After'));
    return {
      status: response.status,
      answer: Object(answer) as Record<string, unknown>,
      ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    };
  } catch {
    return { status: 0, answer: {} };
  }
}

/** 192 random bits in base64url. */
export function newNonce(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}
