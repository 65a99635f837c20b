import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';

/** An OpenID Connect issuer of an operator's own, which signs whatever a test wants it to: real keys, real signatures. */
export interface TestIssuer {
  readonly url: string;
  /** How often the signing keys were asked for. */
  readonly asked: () => number;
  /** A token with these claims over those of a good one; undefined takes one away. */
  token(claims?: Readonly<Record<string, unknown>>, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** Signed with a secret that is the public key's text, which everybody knows. */
  confused(claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** New signing keys; the old ones are published no more. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

export const testClientId = 'a-dashboard';

export async function startTestIssuer(): Promise<TestIssuer> {
  let number = 0;
  let asked = 0;
  const make = async () => {
    number += 1;
    return { kid: `key-${number}`, ...(await generateKeyPair('RS256', { extractable: true })) };
  };
  let current = await make();
  const server: Server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration') {
      response.end(JSON.stringify({ issuer: url(), jwks_uri: `${url()}/keys` }));
      return;
    }
    asked += 1;
    exportJWK(current.publicKey).then((jwk) =>
      response.end(JSON.stringify({ keys: [{ ...jwk, kid: current.kid, use: 'sig', alg: 'RS256' }] })),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const claimsOf = (claims: Readonly<Record<string, unknown>>) => {
    const now = Math.floor(Date.now() / 1000);
    const good = {
      iss: url(),
      aud: testClientId,
      sub: 'somebody',
      email: 'somebody@example.com',
      email_verified: true,
      iat: now,
      exp: now + 900,
    };
    const all = Object.entries({ ...good, ...claims }).filter(([, value]) => value !== undefined);
    return Object.fromEntries(all);
  };
  return {
    url: url(),
    asked: () => asked,
    token: (claims = {}, header = {}) =>
      new SignJWT(claimsOf(claims))
        .setProtectedHeader({ alg: 'RS256', kid: current.kid, ...header })
        .sign(current.privateKey),
    async confused(claims = {}) {
      const secret = new TextEncoder().encode(await exportSPKI(current.publicKey));
      return new SignJWT(claimsOf(claims))
        .setProtectedHeader({ alg: 'HS256', kid: current.kid })
        .sign(secret);
    },
    async rotate() {
      current = await make();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
