import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a claim link names: one version of one key, and which link to it. */
export interface Claim {
  readonly keyId: string;
  readonly version: number;
  readonly linkNo: number;
}

const shape = /^([0-9A-Za-z]{12})\.([1-9]\d{0,8})\.([1-9]\d{0,8})\.([0-9A-Za-z_-]{43})$/;

/**
 * The token of a link: `keyId.version.linkNo.mac`, the MAC in base64url. It is derived, never stored: every retry of a
 * mail holds the same link, and what nobody issued is refused without a read.
 * @param secret the claim secret: whoever has it can make links
 */
export function formatClaimToken({ keyId, version, linkNo }: Claim, secret: string): string {
  const named = `${keyId}.${version}.${linkNo}`;
  return `${named}.${mac(named, secret)}`;
}

/** What a token names, or undefined for whatever is no token of ours. Compares in constant time. */
export function readClaimToken(token: string, secret: string): Claim | undefined {
  const match = shape.exec(token);
  if (match === null) return undefined;
  const [, keyId = '', version, linkNo, presented = ''] = match;
  const expected = Buffer.from(mac(`${keyId}.${version}.${linkNo}`, secret));
  const given = Buffer.from(presented);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  return { keyId, version: Number(version), linkNo: Number(linkNo) };
}

/** What the item keeps of a nonce. */
export function nonceHash(nonce: string): string {
  return createHash('sha256').update(nonce).digest('hex');
}

function mac(named: string, secret: string): string {
  return createHmac('sha256', secret).update(`claim ${named}`).digest('base64url');
}
