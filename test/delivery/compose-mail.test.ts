import { afterEach, describe, expect, it, vi } from 'vitest';
import { composeMail } from '../../functions/delivery/mail/compose-mail.ts';
import type { OwnerMail } from '../../functions/delivery/rules/owner-mail.ts';
import { containsKey } from '../../functions/runtime/rules/contains-key.ts';
import { itIsAMailOfOurs } from './every-mail.ts';
import { readableLines, readHtml } from './html-grammar.ts';
import { apiKey, product, sample, sampleTable, url } from './mail-samples.ts';

const textOf = (mail: OwnerMail) => composeMail(mail, product).text;

afterEach(() => {
  vi.useRealTimers();
});

describe.each(sampleTable)('%s', (_name, mail) => {
  const composed = composeMail(mail, product);
  const { subject, text, html } = composed;

  itIsAMailOfOurs(composed, () => composeMail(mail, product));

  it('names the API key in its subject, and no secret', () => {
    expect(subject).toContain('AI Decision Engine API key');
    expect(containsKey(subject)).toBe(false);
  });

  it('greets the owner and tells the key, its tier and its limit', () => {
    expect(text).toMatch(/^Hello Ada,\n\n/);
    for (const words of ['user_A1b2C...', 'Production', 'Pro', '10,000 requests/month']) {
      expect(text).toContain(words);
    }
  });

  it('tells that nobody of ours asks for the key', () => {
    expect(text).toContain('We never ask for your key.');
  });

  it('holds the whole key only where the mail leaves encrypted', () => {
    const encrypted = 'secret' in mail && mail.secret.by === 'pgp';
    expect(text.includes(apiKey)).toBe(encrypted);
    expect(html.includes(apiKey)).toBe(encrypted);
    expect(containsKey(text) || containsKey(html)).toBe(encrypted);
  });
});

describe('what each mail must not leave out', () => {
  it.each([
    ['new-key by link', 'Your AI Decision Engine API key'],
    ['rotated on schedule', 'Your new AI Decision Engine API key: the old one works until 6 March 2027'],
    ['rotated by an admin, at once', 'Your new AI Decision Engine API key'],
    ['rotated for a new link', 'A new link to your AI Decision Engine API key'],
    ['notice', 'Your AI Decision Engine API key changes on 6 March 2027'],
    ['reminder, link opened', 'Your old AI Decision Engine API key stops working on 6 March 2027, 14:05 UTC'],
    ['claimed', 'Your AI Decision Engine API key was opened'],
    ['claim-expired', 'Your AI Decision Engine API key still waits for you'],
    ['resumed', 'Your AI Decision Engine API key works again'],
  ])('the subject of "%s" tells what it is about: %s', (name, subject) => {
    expect(composeMail(sample(name), product).subject).toBe(subject);
  });

  it.each([
    ['new-key by link', [url, 'works until 6 March 2027, 14:05 UTC', 'X-API-Key', product.apiUrl]],
    ['new-key by pgp', ['encrypted to your OpenPGP key', apiKey]],
    ['new-key shown to its owner', ['shown to you when you asked', 'somebody else did']],
    ['new-key made by an admin, by link', ['grace', 'The laptop that held the key was stolen', url]],
    ['new-key made by an admin, who has it', ['grace has it', 'You did not expect this? Ask grace']],
    ['rotated on schedule', ['keeps working until 6 March 2027, 14:05 UTC (in 72 hours)', url, 'What to do']],
    ['rotated by an admin, at once', ['stopped working on 3 March 2027, 14:05 UTC', 'grace', 'stolen', url]],
    ['rotated by an admin, who has it', ['grace has it', 'in 72 hours']],
    ['rotated by its owner', ['You asked for a new API key', 'stopped working on 3 March 2027']],
    [
      'rotated after "That was not me"',
      [
        'not you who opened the last link',
        'no longer works',
        'The key that you used before keeps working',
        url,
      ],
    ],
    ['rotated for a new link', ['You asked for a new link', url]],
    ['rotated for a new link, last key stopped', ['The key before this one stopped working on 3 March']],
    [
      'notice',
      ['6 March 2027, 14:05 UTC', 'nothing today', 'for 72 hours after that, until 9 March 2027, 14:05 UTC'],
    ],
    ['notice without grace', ['stops working at that very moment']],
    [
      'reminder, link not opened',
      ['last request came on 3 March 2027, 14:05 UTC', 'stops working on 6 March 2027', url],
    ],
    ['reminder, link opened', ['You have the new key already']],
    ['claimed', ['opened on 3 March 2027, 14:05 UTC', '“That was not me”', url]],
    ['claim-expired', ['open the same link', url]],
    [
      'resumed',
      [
        'suspended on 3 March 2027, 14:05 UTC',
        'let it go on, on 6 March 2027, 14:05 UTC',
        'That was not you?',
      ],
    ],
    ['claim-expired, old key works', ['keeps working until 6 March 2027', 'before that']],
    ['claim-expired, old key stopped', ['stopped working on 3 March 2027', 'are refused']],
    ['claim-expired, an admin has the key', ['grace has it', 'need not do anything', 'seven more days', url]],
  ])('%s', (name, words) => {
    for (const each of words) expect(textOf(sample(name))).toContain(each);
  });

  it('every mail by which a key or a link comes advises to keep it in a safe place', () => {
    for (const [, mail] of sampleTable.filter(([, { kind }]) => kind !== 'notice')) {
      expect(textOf(mail)).toContain('environment variable or a secret store');
      expect(textOf(mail)).toContain('Never put it into code, tickets, chats or mails.');
    }
  });

  it('a notice of an exact hour counts one hour, not "1 hours"', () => {
    const mail = { ...sample('notice'), graceHours: 1 } as OwnerMail;
    expect(textOf(mail)).toContain('for 1 hour after that');
  });
});

describe('whom it greets', () => {
  it.each([
    ['Ada Lovelace', 'Hello Ada Lovelace,'],
    ['Zoë Ångström', 'Hello Zoë Ångström,'],
    ['J. R. R. Tolkien', 'Hello J. R. R. Tolkien,'],
    ['שרה', 'Hello שרה,'],
    ['<script>alert(1)</script>', 'Hello,'],
    ['<b>', 'Hello <b>,'],
    ['you have won, see evil.example', 'Hello,'],
    ['http://evil.example', 'Hello,'],
    ['x'.repeat(101), 'Hello,'],
    [' \n ', 'Hello,'],
    ['Ada\u202e\r\nSubject: x', 'Hello Ada Subject: x,'],
  ])('a name is shown as what it is, and an address is no name: %j', (name, expected) => {
    const { text, html } = composeMail({ ...sample('notice'), name }, product);
    expect(text.split('\n')[0]).toBe(expected);
    expect(readableLines(html)[1]).toBe(expected);
  });

  it('without a name, nobody is named', () => {
    const { name: _, ...mail } = sample('claimed');
    expect(textOf(mail as OwnerMail)).toMatch(/^Hello,\n/);
  });
});

describe('links', () => {
  const claimed = sample('claimed');

  it.each([
    'javascript:alert(1)',
    'http://api.aiweedcompany.com/claim',
    'http://127.0.0.1.evil.example/',
    'https://user:password@aiweedcompany.com/',
    'data:text/html,x',
    'https://a.example/"onclick="x',
    'https://a.example/\nX: y',
    'https://a.example\\@evil.example/',
    '//a.example',
    '',
    `https://a.example/#${apiKey}`,
  ])('a mail with the link %j is not written, and the error does not repeat it', (bad) => {
    const compose = () => composeMail({ ...claimed, url: bad } as OwnerMail, product);
    expect(compose).toThrow(RangeError);
    expect(compose).toThrow(
      /^a link in a mail must be an https address, or http to 127\.0\.0\.1 or localhost$/,
    );
  });

  it.each([
    ['http://127.0.0.1:3000/claim#a.1.0.b', 'http://127.0.0.1:3000/claim#a.1.0.b'],
    ['http://localhost:3000/claim#a.1.0.b', 'http://localhost:3000/claim#a.1.0.b'],
    ['https://a.example/?a=1&b=2', 'https://a.example/?a=1&b=2'],
    ['https://bücher.example/ä', 'https://xn--bcher-kva.example/%C3%A4'],
  ])('%s arrives as %s', (given, shown) => {
    const { text, html } = composeMail({ ...claimed, url: given } as OwnerMail, product);
    expect(text).toContain(`\n${shown}\n`);
    expect(readHtml(html).filter(({ attributes }) => attributes.href === shown)).toHaveLength(2);
  });
});

it('a time that is none makes no mail', () => {
  expect(() => composeMail({ ...sample('notice'), rotatesAt: 'soon' } as OwnerMail, product)).toThrow(
    RangeError,
  );
});
