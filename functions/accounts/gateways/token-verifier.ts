import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import * as z from 'zod/mini';

/** Whether a token was signed by the issuer, for this client, and is in force. */
export interface TokenVerifier {
  /** @throws IssuerUnavailableError when the issuer's keys cannot be had: nothing is known about the token then */
  verify(token: string): Promise<Verification>;
}

export type Verification =
  | { readonly kind: 'verified'; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly reason: TokenRefusal };

export type TokenRefusal =
  | 'malformed'
  | 'algorithm'
  | 'unknown-signing-key'
  | 'wrong-signature'
  | 'expired'
  | 'wrong-claims'
  | 'no-id-token';

/** The issuer does not answer, or not as OpenID Connect Discovery demands. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';
}

/** Of asymmetric signatures only: a shared secret would be one that a client knows too. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const timeoutMilliseconds = 1_500;
/** Signing keys are asked for again after this, and at most this often for a token that names an unknown one. */
const keysLiveMilliseconds = 10 * 60_000;
const askAgainAfterMilliseconds = 30_000;
/** For how long an issuer that did not answer is not asked again: everybody's requests would wait for it. */
const restsMilliseconds = 5_000;

const metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Verifies ID tokens of one issuer. Its keys are found by discovery (`<issuer>/.well-known/openid-configuration`), as
 * OpenID Connect has it for every issuer, and kept for the function instance's life.
 */
export function createTokenVerifier({
  issuer,
  clientId,
}: {
  readonly issuer: string;
  readonly clientId: string;
}): TokenVerifier {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  let restsUntil = 0;

  function signingKeys(): Promise<JWTVerifyGetKey> {
    keys ??= discover(issuer).catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return keys;
  }

  return {
    async verify(token) {
      const now = Date.now();
      if (now < restsUntil && restsUntil - now <= restsMilliseconds) {
        throw new IssuerUnavailableError('the issuer did not answer a moment ago');
      }
      try {
        const keysOf = await signingKeys();
        const { payload, protectedHeader } = await jwtVerify(token, keysOf, {
          issuer,
          audience: clientId,
          algorithms,
          requiredClaims: ['exp', 'iat', 'sub'],
        });
        // An access token (RFC 9068) is for another purpose, whatever its claims.
        const type = protectedHeader.typ?.toLowerCase();
        if (type !== undefined && type !== 'jwt') return { kind: 'refused', reason: 'no-id-token' };
        return { kind: 'verified', claims: payload };
      } catch (error) {
        const reason = refusalOf(error);
        if (reason !== undefined) return { kind: 'refused', reason };
        if (isSilence(error)) restsUntil = Date.now() + restsMilliseconds;
        if (error instanceof IssuerUnavailableError) throw error;
        throw new IssuerUnavailableError('the issuer’s signing keys could not be read', { cause: error });
      }
    },
  };
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  try {
    // Some issuers have a slash at the end, which stands in their tokens but not twice in addresses.
    const base = issuer.replace(/\/$/, '');
    const response = await fetch(`${base}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(timeoutMilliseconds),
      redirect: 'error',
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    const { issuer: named, jwks_uri } = metadata.parse(await response.json());
    // Discovery, section 4.3: otherwise anybody's document would do.
    if (named !== issuer) throw new Error('it names another issuer');
    if (new URL(issuer).protocol === 'https:' && new URL(jwks_uri).protocol !== 'https:') {
      throw new Error('its keys are not served over https');
    }
    return createRemoteJWKSet(new URL(jwks_uri), {
      timeoutDuration: timeoutMilliseconds,
      cacheMaxAge: keysLiveMilliseconds,
      cooldownDuration: askAgainAfterMilliseconds,
    });
  } catch (cause) {
    throw new IssuerUnavailableError('the issuer’s configuration could not be read', { cause });
  }
}

/** Undefined for what says nothing about the token. */
function refusalOf(error: unknown): TokenRefusal | undefined {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return 'wrong-claims';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'wrong-signature';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'unknown-signing-key';
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
    return 'algorithm';
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return 'malformed';
  return undefined;
}

/** Whether it is the issuer that failed, and certainly nothing that a token could bring about. */
function isSilence(error: unknown): boolean {
  if (error instanceof IssuerUnavailableError || error instanceof errors.JWKSTimeout) return true;
  // `fetch` has a cause; the library's own "expected 200" has the generic code.
  const isFetch = error instanceof TypeError && error.message === 'fetch failed';
  return isFetch || (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC');
}
