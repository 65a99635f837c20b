import * as openpgp from 'openpgp';
import { describe, expect, it } from 'vitest';
import { OpenPgpKeyError, readOpenPgpKey } from '../../functions/delivery/mail/openpgp-key.ts';

const made = new Date('2026-01-01T00:00:00Z');
const now = new Date('2027-03-03T14:05:00Z');
const userIDs = [{ name: 'Ada', email: 'ada@example.com' }];

const generate = (options: Partial<openpgp.KeyOptions> = {}) =>
  openpgp.generateKey({ userIDs, date: made, ...options, format: 'armored' });
const weak = { minRSABits: 1024 };

async function refusal(armored: string, at = now): Promise<string> {
  const error: unknown = await readOpenPgpKey(armored, at).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OpenPgpKeyError);
  return (error as OpenPgpKeyError).message;
}

describe('a public key that mails can be encrypted to', () => {
  it.each<[string, Partial<openpgp.KeyOptions>]>([
    ['Curve25519', { type: 'curve25519' }],
    ['Curve25519, legacy encoding', { type: 'ecc', curve: 'curve25519Legacy' }],
    ['NIST P-256', { type: 'ecc', curve: 'nistP256' }],
    ['RSA 2048', { type: 'rsa', rsaBits: 2048 }],
    ['version 6', { config: { v6Keys: true } }],
  ])('is read: %s', async (_name, options) => {
    const { publicKey } = await generate(options);
    const key = await readOpenPgpKey(publicKey, now);
    expect(key.fingerprint).toMatch(/^([0-9A-F]{40}|[0-9A-F]{64})$/);
    expect(key.userIds).toEqual(['Ada <ada@example.com>']);
    expect(key).not.toHaveProperty('expiresAt');
    expect(key.armored).toMatch(/^-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n/);
  });

  it('tells when it expires', async () => {
    const { publicKey } = await generate({ keyExpirationTime: 500 * 86_400 });
    expect((await readOpenPgpKey(publicKey, now)).expiresAt).toBe('2027-05-16T00:00:00.000Z');
  });

  it('tells when its subkey for encryption expires, where that is earlier', async () => {
    const { publicKey } = await generate({ subkeys: [{ keyExpirationTime: 450 * 86_400 }] });
    expect((await readOpenPgpKey(publicKey, now)).expiresAt).toBe('2027-03-27T00:00:00.000Z');
  });

  it('comes out in one form, without comments, text around it and what others certified', async () => {
    const { publicKey } = await generate();
    const other = await openpgp.readPrivateKey({ armoredKey: (await generate()).privateKey });
    const plain = await openpgp.readKey({ armoredKey: publicKey });
    const certified = await plain.signAllUsers([other], made);
    expect(certified.armor().length).toBeGreaterThan(publicKey.length);
    const pasted = `Here is my key:\n\n${certified.armor().replace('BLOCK-----\n', 'BLOCK-----\nComment: mine\n')}\nAda`;
    const { armored } = await readOpenPgpKey(pasted, now);
    expect(armored).toBe((await readOpenPgpKey(publicKey, now)).armored);
    expect((await readOpenPgpKey(armored, now)).armored).toBe(armored);
    expect(armored).not.toContain('mine');
  });
});

describe('what is refused, and what its owner is told to do', () => {
  it.each([
    ['nothing', ''],
    ['garbage', 'hello'],
    ['a message', '-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----'],
    ['an SSH key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI ada@example.com'],
  ])('%s: paste the whole block', async (_name, text) => {
    expect(await refusal(text)).toContain('not an OpenPGP public key. Paste the whole block');
  });

  it('a damaged block: paste it again, and no part of it is repeated', async () => {
    const { publicKey } = await generate();
    for (const damaged of [
      publicKey.slice(0, 300),
      publicKey.replace(/\n.{20}/, '\n!secret words!'),
      publicKey.replace(/\n\n./, '\n\nA'),
    ]) {
      const error = await readOpenPgpKey(damaged, now).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(OpenPgpKeyError);
      expect((error as Error).message).toContain('cannot be read');
      expect((error as Error).cause).toBeUndefined();
    }
  });

  it('a private key: never send it anywhere', async () => {
    const { privateKey, publicKey } = await generate();
    expect(await refusal(privateKey)).toMatch(/^This is a PRIVATE key\. Never send it anywhere/);
    expect(await refusal(publicKey + privateKey)).toMatch(/PRIVATE/);
    expect(await refusal(privateKey.slice(0, 200))).toMatch(/PRIVATE/);
    expect(await refusal(privateKey + 'x'.repeat(70_000))).toMatch(/PRIVATE/);
    const disguised = privateKey.replaceAll('PRIVATE', 'PUBLIC');
    expect(await refusal(disguised)).toMatch(/PRIVATE|cannot be read/);
  });

  it('more than one key: export only one', async () => {
    const [one, two] = [(await generate()).publicKey, (await generate()).publicKey];
    expect(await refusal(one + two)).toContain('more than one key');
    const both = await Promise.all([one, two].map((armoredKey) => openpgp.readKey({ armoredKey })));
    const packets = Buffer.concat(both.map((key) => key.write()));
    expect(await refusal(openpgp.armor(openpgp.enums.armor.publicKey, packets))).toContain(
      'more than one key',
    );
  });

  it('a revoked key', async () => {
    const { privateKey } = await generate();
    const key = await openpgp.readPrivateKey({ armoredKey: privateKey });
    const revoked = await openpgp.revokeKey({ key, date: new Date('2026-06-01'), format: 'armored' });
    expect(await refusal(revoked.publicKey)).toContain('has been revoked');
  });

  it('an expired key, as of the time that is given', async () => {
    const { publicKey } = await generate({ keyExpirationTime: 400 * 86_400 });
    expect(await refusal(publicKey)).toContain('expired on 2027-02-05');
    await expect(readOpenPgpKey(publicKey, new Date('2027-01-01'))).resolves.toHaveProperty('expiresAt');
  });

  it('a key that is not valid yet', async () => {
    const { publicKey } = await generate({ date: new Date('2028-01-01') });
    expect(await refusal(publicKey)).toContain('not valid yet');
  });

  it('a key that only signs, or whose subkey for encryption has expired', async () => {
    const signing = await generate({ subkeys: [{ sign: true }] });
    expect(await refusal(signing.publicKey)).toContain('no valid subkey for encryption');
    const expired = await generate({ subkeys: [{ keyExpirationTime: 86_400 }] });
    expect(await refusal(expired.publicKey)).toContain('no valid subkey for encryption');
  });

  it.each<[string, Partial<openpgp.KeyOptions>]>([
    ['RSA 1024', { type: 'rsa', rsaBits: 1024, config: weak }],
    ['a weak subkey', { type: 'rsa', subkeys: [{ rsaBits: 1024 }], config: weak }],
  ])('a key that is too weak: %s', async (_name, options) => {
    expect(await refusal((await generate(options)).publicKey)).toContain('too weak');
  });

  it('a text of more than 64 KB', async () => {
    const { publicKey } = await generate();
    expect(await refusal(publicKey + ' '.repeat(65_536))).toContain('larger than 64 KB');
  });
});
