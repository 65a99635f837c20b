import { createRemoteJWKSet, type JWTPayload, jwtVerify, type ProtectedHeaderParameters } from 'jose';
import { clientOf } from '../../stack/sign-in.ts';
import type { IssuerUnderTest } from './support.ts';

export interface Discovery {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly end_session_endpoint: string;
  readonly revocation_endpoint: string;
  readonly [name: string]: unknown;
}

export async function discover({ issuerUrl }: Pick<IssuerUnderTest, 'issuerUrl'>): Promise<Discovery> {
  return (await (await fetch(`${issuerUrl}/.well-known/openid-configuration`)).json()) as Discovery;
}

/** As a relying party verifies an ID token: keys from where the discovery says, issuer, audience, and the time. */
export async function verify(
  stack: IssuerUnderTest,
  token: string,
): Promise<{ header: ProtectedHeaderParameters; claims: JWTPayload }> {
  const { issuer, jwks_uri: keys } = await discover(stack);
  const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(new URL(keys)), {
    issuer,
    audience: clientOf(stack).clientId,
    algorithms: ['RS256'],
    currentDate: new Date(stack.clock.now()),
  });
  return { header: protectedHeader, claims: payload };
}
