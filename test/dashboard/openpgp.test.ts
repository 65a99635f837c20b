import { generateKey } from 'openpgp';
import { expect, test } from 'vitest';
import { fingerprintOf, grouped, openPgpFault } from '../../dashboard/src/rules/openpgp.ts';

const userIDs = [{ name: 'Ada', email: 'ada@example.com' }];

test.each([
  ['of Curve25519', { type: 'curve25519' }],
  ['of RSA', { type: 'rsa', rsaBits: 2048 }],
  ['of an older curve', { type: 'ecc', curve: 'nistP256' }],
  ['of version 6', { type: 'curve25519', config: { v6Keys: true } }],
] as const)('the fingerprint of a key %s is the one that OpenPGP programs tell', async (_, options) => {
  const { publicKey } = await generateKey({ userIDs, ...options, format: 'object' });
  const armored = publicKey.armor();
  expect(await fingerprintOf(armored)).toBe(publicKey.getFingerprint().toUpperCase());
  expect(openPgpFault(armored)).toBeUndefined();
  // As it arrives from a mail program or a Windows editor, with a comment and words around it.
  const pasted = `My key:\r\n${armored.replace('\n', '\nComment: made today\n').replace(/\r?\n/g, '\r\n')}\r\nBye`;
  expect(await fingerprintOf(pasted)).toBe(publicKey.getFingerprint().toUpperCase());
});

test('a private key is refused before it is sent anywhere, and no word of it is repeated', async () => {
  const { privateKey } = await generateKey({ userIDs, format: 'armored' });
  expect(openPgpFault(privateKey)).toMatch(/PRIVATE key.*nothing was sent/);
  expect(openPgpFault(privateKey)).not.toContain(privateKey.split('\n')[3]);
  expect(await fingerprintOf(privateKey)).toBeUndefined();
});

test.each([
  ['nothing', '', /not an OpenPGP public key/],
  ['a key of another program', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5', /not an OpenPGP public key/],
  ['half a key', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ0mZ', /end of the key is missing/],
  [
    'a key with all its certifications',
    `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${'A'.repeat(70_000)}\n-----END PGP PUBLIC KEY BLOCK-----`,
    /larger than 64 KB/,
  ],
])('%s is told apart from a key', (_, text, fault) => {
  expect(openPgpFault(text)).toMatch(fault);
});

test.each(['%%%', '', 'mDME', 'AAAA', btoa('\xc6\xff\xff\xff\xff\xff\x04')])(
  'a damaged key (%j) has no fingerprint',
  async (content) => {
    const armored = `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${content}\n-----END PGP PUBLIC KEY BLOCK-----`;
    expect(await fingerprintOf(armored)).toBeUndefined();
  },
);

test('fingerprints are shown in groups of four', () => {
  expect(grouped('D1A66E1A23B182C9980F788CFBFCC82A015E7330')).toBe(
    'D1A6 6E1A 23B1 82C9 980F 788C FBFC C82A 015E 7330',
  );
});
