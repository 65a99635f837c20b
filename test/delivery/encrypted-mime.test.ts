import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import * as openpgp from 'openpgp';
import { describe, expect, it } from 'vitest';
import { composeMail } from '../../functions/delivery/mail/compose-mail.ts';
import { encryptedMimeMessage } from '../../functions/delivery/mail/mime.ts';
import { OpenPgpKeyError, readOpenPgpKey } from '../../functions/delivery/mail/openpgp-key.ts';
import { containsKey } from '../../functions/runtime/rules/contains-key.ts';
import { apiKey, product, sample } from './mail-samples.ts';

const made = new Date('2026-01-01T00:00:00Z');
const date = new Date('2027-03-03T14:05:00.000Z');
const composed = composeMail({ ...sample('new-key by pgp'), name: 'Zoë 木村' }, product);
const mail = {
  from: { name: product.name, address: 'no-reply@aiweedcompany.com' },
  to: 'ada@example.com',
  date,
  messageIdSeed: 'A1b2C3d4E5f6.2.new-key',
  ...composed,
};

const generate = (options: Partial<openpgp.KeyOptions> = {}) =>
  openpgp.generateKey({ userIDs: [{ email: 'ada@example.com' }], date: made, ...options, format: 'armored' });

/** The armored ciphertext, as a mail program finds it. */
async function ciphertextOf(raw: Buffer): Promise<string> {
  const { attachments } = await simpleParser(raw);
  expect(attachments.map(({ contentType }) => contentType)).toEqual([
    'application/pgp-encrypted',
    'application/octet-stream',
  ]);
  expect(attachments[0]?.content.toString().trim()).toBe('Version: 1');
  return attachments[1]?.content.toString() ?? '';
}

async function decrypted(raw: Buffer, privateKey: string): Promise<Uint8Array> {
  const message = await openpgp.readMessage({ armoredMessage: await ciphertextOf(raw) });
  const decryptionKeys = await openpgp.readPrivateKey({ armoredKey: privateKey });
  return (await openpgp.decrypt({ message, decryptionKeys, format: 'binary', date })).data;
}

async function expectTheMail(inner: Uint8Array) {
  const parsed = await simpleParser(Buffer.from(inner));
  expect(parsed.subject).toBe(composed.subject);
  expect(parsed.text).toBe(composed.text);
  expect(parsed.html).toBe(composed.html);
  expect(parsed.text).toContain(apiKey);
}

describe('an encrypted mail', () => {
  it.each<[string, Partial<openpgp.KeyOptions>]>([
    ['Curve25519', {}],
    ['RSA 3072', { type: 'rsa', rsaBits: 3072 }],
    ['version 6', { config: { v6Keys: true } }],
  ])('can be read by the holder of the private key, subject and all: %s', async (_name, options) => {
    const { publicKey, privateKey } = await generate(options);
    const raw = await encryptedMimeMessage({ ...mail, openPgpKey: publicKey });
    await expectTheMail(await decrypted(raw, privateKey));
  });

  it('can be read by nobody else', async () => {
    const raw = await encryptedMimeMessage({ ...mail, openPgpKey: (await generate()).publicKey });
    await expect(decrypted(raw, (await generate()).privateKey)).rejects.toThrow();
  });

  it('has the form of RFC 3156, and shows nothing of its content outside', async () => {
    const raw = await encryptedMimeMessage({ ...mail, openPgpKey: (await generate()).publicKey });
    const parsed = await simpleParser(raw);
    expect(parsed.headers.get('content-type')).toMatchObject({
      value: 'multipart/encrypted',
      params: { protocol: 'application/pgp-encrypted' },
    });
    expect(parsed.subject).toBe('Encrypted message');
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
    expect(parsed.to).toMatchObject({ value: [{ address: 'ada@example.com' }] });
    expect(parsed.text ?? '').not.toContain('Hello');
    const outside = raw.toString('latin1');
    expect(containsKey(outside)).toBe(false);
    expect(outside.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    for (const words of ['API key', 'user_A1b2C', 'Hello', 'Production'])
      expect(outside).not.toContain(words);
  });

  it('has the Message-ID of its seed each time, though no two are alike', async () => {
    const { publicKey: openPgpKey } = await generate();
    const [one, two] = [
      await encryptedMimeMessage({ ...mail, openPgpKey }),
      await encryptedMimeMessage({ ...mail, openPgpKey }),
    ];
    expect(one.equals(two)).toBe(false);
    expect((await simpleParser(one)).messageId).toBe((await simpleParser(two)).messageId);
  });

  it('without a seed, its Message-ID lets nobody check what the content might be', async () => {
    const { publicKey: openPgpKey } = await generate();
    const { messageIdSeed: _, ...unseeded } = mail;
    const id = async () =>
      (await simpleParser(await encryptedMimeMessage({ ...unseeded, openPgpKey }))).messageId;
    expect(await id()).not.toBe(await id());
  });

  it('is encrypted as of its date: not to a key that has expired by then', async () => {
    const { publicKey: openPgpKey } = await generate({ keyExpirationTime: 400 * 86_400 });
    await expect(encryptedMimeMessage({ ...mail, openPgpKey })).rejects.toThrow(OpenPgpKeyError);
    await expect(
      encryptedMimeMessage({ ...mail, openPgpKey, date: new Date('2026-12-01') }),
    ).resolves.toBeInstanceOf(Buffer);
  });

  it('tried again later, goes to a key that was made after the change that it tells of', async () => {
    const { publicKey: openPgpKey } = await generate({ date: new Date('2027-03-04') });
    await expect(encryptedMimeMessage({ ...mail, openPgpKey })).rejects.toThrow('not valid yet');
    const raw = await encryptedMimeMessage({ ...mail, openPgpKey, encryptAsOf: new Date('2027-03-05') });
    expect((await simpleParser(raw)).date).toEqual(date);
  });

  it('goes to exactly one address', async () => {
    const { publicKey: openPgpKey } = await generate();
    await expect(
      encryptedMimeMessage({ ...mail, openPgpKey, to: 'ada@example.com, eve@evil.example' }),
    ).rejects.toThrow(RangeError);
  });
});

describe('GnuPG, another implementation', () => {
  const installed = spawnSync('gpg', ['--version']).status === 0;
  if (!installed) console.warn('gpg is not installed: that it reads encrypted mails was not checked');

  it.skipIf(!installed).each(['future-default', 'rsa3072'])(
    'reads a mail to its own key (%s)',
    async (algorithm) => {
      const home = mkdtempSync(join(tmpdir(), 'latchkey-gpg-'));
      const gpg = (args: string[], stdin: string | Uint8Array = '') => {
        const result = spawnSync('gpg', ['--batch', '--quiet', '--homedir', home, ...args], { input: stdin });
        expect(result.stderr.toString(), args.join(' ')).not.toContain('failed');
        expect(result.status).toBe(0);
        return result.stdout;
      };
      try {
        const create = ['--passphrase', '', '--pinentry-mode', 'loopback', '--quick-generate-key'];
        gpg([
          ...create,
          'Zoë <ada@example.com>',
          algorithm,
          algorithm === 'rsa3072' ? 'sign,encrypt' : 'default',
          'never',
        ]);
        const key = await readOpenPgpKey(gpg(['--armor', '--export']).toString(), new Date());
        expect(key.userIds).toEqual(['Zoë <ada@example.com>']);
        // What we normalized is still a key to GnuPG.
        gpg(['--import'], key.armored);
        const raw = await encryptedMimeMessage({
          ...mail,
          date: new Date(Date.now() + 1000),
          openPgpKey: key.armored,
        });
        await expectTheMail(gpg(['--decrypt'], await ciphertextOf(raw)));
      } finally {
        spawnSync('gpgconf', ['--homedir', home, '--kill', 'all']);
        rmSync(home, { recursive: true, force: true });
      }
    },
  );
});
