import { simpleParser } from 'mailparser';
import { describe, expect, it } from 'vitest';
import { composeMail } from '../../functions/delivery/mail/compose-mail.ts';
import { type MimeInput, mimeMessage } from '../../functions/delivery/mail/mime.ts';
import { product, sample, sampleTable } from './mail-samples.ts';

const envelope = {
  from: { name: product.name, address: 'no-reply@aiweedcompany.com' },
  to: 'ada@example.com',
  date: new Date('2027-03-03T14:05:00.000Z'),
  messageIdSeed: 'A1b2C3d4E5f6.2.new-key',
};
const input = (changes: Partial<MimeInput> = {}): MimeInput => ({
  ...envelope,
  ...composeMail(sample('new-key by link'), product),
  ...changes,
});
const rawOf = async (changes: Partial<MimeInput> = {}) =>
  (await mimeMessage(input(changes))).toString('latin1');
const headersOf = (raw: string) =>
  raw
    .slice(0, raw.indexOf('\r\n\r\n'))
    .replaceAll(/\r\n[ \t]/g, ' ')
    .split('\r\n');

describe('round trip', () => {
  it.each(sampleTable)('%s: what a mail program reads is what was composed', async (_name, mail) => {
    const composed = composeMail(
      { ...mail, name: 'Zoë 木村 😀' },
      { ...product, name: 'Entscheidungs‑Motor Ä' },
    );
    const from = { name: 'Entscheidungs‑Motor Ä', address: envelope.from.address };
    const parsed = await simpleParser(await mimeMessage({ ...envelope, ...composed, from }));
    expect(parsed.subject).toBe(composed.subject);
    expect(parsed.text).toBe(composed.text);
    expect(parsed.html).toBe(composed.html);
    expect(parsed.from?.value).toEqual([from]);
    expect(parsed.to).toMatchObject({ value: [{ address: 'ada@example.com', name: '' }] });
    expect(parsed.date).toEqual(envelope.date);
    expect(parsed.attachments).toEqual([]);
  });
});

describe('form', () => {
  it('is multipart/alternative, text first, and says that no person wrote it', async () => {
    const raw = await rawOf();
    const headers = headersOf(raw);
    expect(headers).toContain('Auto-Submitted: auto-generated');
    expect(headers).toContain('X-Auto-Response-Suppress: All');
    expect(headers).toContain('MIME-Version: 1.0');
    expect(
      headers.filter((header) => header.startsWith('Content-Type: multipart/alternative;')),
    ).toHaveLength(1);
    expect(raw.indexOf('text/plain')).toBeLessThan(raw.indexOf('text/html'));
  });

  it('is seven-bit lines of at most 998 octets that end in CR LF', async () => {
    const raw = await rawOf({ subject: 'ä'.repeat(300), text: `${'long '.repeat(500)}😀\n.\nFrom here\n` });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: seven-bit text is what is expected.
    expect(raw).toMatch(/^[\x09\x0a\x0d\x20-\x7e]*$/);
    expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
  });
});

describe('a mail that is sent twice', () => {
  it('is the same to the byte', async () => {
    expect(await rawOf()).toBe(await rawOf());
  });

  it('has the Message-ID of its seed, at the domain of its sender, even where its words have changed', async () => {
    const id = (await simpleParser(await rawOf())).messageId;
    expect(id).toMatch(/^<[0-9a-f]{32}@aiweedcompany\.com>$/);
    expect((await simpleParser(await rawOf({ text: 'other' }))).messageId).toBe(id);
    expect((await simpleParser(await rawOf({ messageIdSeed: 'another' }))).messageId).not.toBe(id);
  });

  it('has a Message-ID of its content where there is no seed', async () => {
    const { messageIdSeed: _, ...unseeded } = input();
    const id = async (changes: Partial<MimeInput>) =>
      (await simpleParser(await mimeMessage({ ...unseeded, ...changes }))).messageId;
    expect(await id({})).toBe(await id({}));
    expect(await id({})).not.toBe(await id({ text: 'other' }));
  });
});

describe('no value adds a header, a recipient or a part', () => {
  const evil = 'x\r\nBcc: eve@evil.example\r\nX-Evil: 1\r\n\r\n<p>body</p>';
  const names = (raw: string) => headersOf(raw).map((header) => header.slice(0, header.indexOf(':')));

  it.each<[string, Partial<MimeInput>]>([
    ['subject', { subject: evil }],
    ['subject with bare line ends', { subject: 'x\rBcc: a@b.c\nX: y\u2028z\u0085' }],
    ["sender's name", { from: { name: evil, address: envelope.from.address } }],
    [
      "sender's name with quotes",
      { from: { name: '"A" <eve@evil.example>, B', address: envelope.from.address } },
    ],
    ['seed', { messageIdSeed: evil }],
    ['text', { text: `\r\n.\r\n--latchkey\r\n${evil}` }],
  ])('%s', async (_name, changes) => {
    const raw = await rawOf(changes);
    expect(names(raw)).toEqual(names(await rawOf()));
    const parsed = await simpleParser(raw);
    expect(parsed.bcc).toBeUndefined();
    expect(parsed.from?.value).toHaveLength(1);
    expect(parsed.from?.value[0]?.address).toBe(envelope.from.address);
    expect(parsed.attachments).toEqual([]);
  });

  it.each([
    'ada@example.com, eve@evil.example',
    'ada@example.com\r\nBcc: eve@evil.example',
    'Ada <ada@example.com>',
    'ada@example.com>',
    '"ada eve"@example.com',
    'ada@evil.example@example.com',
    'ada@[127.0.0.1]',
    'group:ada@example.com;',
    'ada',
    '',
  ])('a recipient that is not exactly one address gets no mail: %j', async (address) => {
    await expect(mimeMessage(input({ to: address }))).rejects.toThrow(RangeError);
    await expect(mimeMessage(input({ from: { name: 'x', address } }))).rejects.toThrow(
      /^the sender or the recipient of a mail is not exactly one address$/,
    );
  });
});
