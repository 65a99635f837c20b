import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

/** Whoever a token names, once its signature, issuer, audience and times are found right. */
export interface Identity {
  /** Hash of issuer and subject: the same person for another issuer is somebody else. */
  readonly owner: string;
  readonly subject: string;
  /** Proven by the issuer; lower case. */
  readonly email: string;
  readonly name?: string;
  /** When the person signed in, where the issuer tells: a refreshed token does not change it. Epoch milliseconds. */
  readonly signedInAt?: number;
}

export type IdentityRefusal = 'no-id-token' | 'incomplete' | 'email-not-verified';

const seconds = z.number().check(z.int(), z.nonnegative());

/** Claims of an ID token (OpenID Connect Core, section 2 and 5.1). */
const idToken = z.object({
  iss: z.string(),
  sub: z.string().check(z.minLength(1), z.maxLength(255)),
  email: z.string().check(z.email(), z.maxLength(254)),
  auth_time: z.optional(seconds),
  name: z.optional(z.unknown()),
  /** Party that the token was issued to, where there are several audiences. */
  azp: z.optional(z.string()),
  /** Of Cognito: `id` or `access`. */
  token_use: z.optional(z.string()),
});

/** @param claims of a token that was verified, for this client */
export function identityOf(
  claims: Readonly<Record<string, unknown>>,
  clientId: string,
): { readonly identity: Identity } | { readonly refused: IdentityRefusal } {
  const parsed = idToken.safeParse(claims);
  if (!parsed.success) return { refused: 'incomplete' };
  const { iss, sub, email, auth_time, name, azp, token_use } = parsed.data;
  if (token_use !== undefined && token_use !== 'id') return { refused: 'no-id-token' };
  if (azp !== undefined && azp !== clientId) return { refused: 'no-id-token' };
  // Some issuers send it as a text.
  const verified = claims['email_verified'];
  if (verified !== true && verified !== 'true') return { refused: 'email-not-verified' };
  const called = greeting(name);
  return {
    identity: {
      owner: ownerOf(iss, sub),
      subject: sub,
      email: email.toLowerCase(),
      ...(called === undefined ? {} : { name: called }),
      ...(auth_time === undefined ? {} : { signedInAt: auth_time * 1000 }),
    },
  };
}

/** Hides the subject too, which some issuers make of the address. */
export function ownerOf(issuer: string, subject: string): string {
  return createHash('sha256').update(`${issuer}\n${subject}`).digest('hex');
}

/** A name that may stand in a mail; the issuer may hold anything. */
function greeting(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined;
  const text = name.trim();
  return /^[\p{L}\p{M}\p{N} .,'’-]{1,100}$/u.test(text) ? text : undefined;
}
