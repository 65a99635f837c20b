import { afterEach, describe, expect, it, vi } from 'vitest';
import { alertKinds } from '../../functions/alerts/rules/index.ts';
import { composeAlertMail } from '../../functions/delivery/mail/compose-alert-mail.ts';
import type { AlertMail } from '../../functions/delivery/rules/alert-mail.ts';
import { containsSecret } from '../../functions/runtime/rules/contains-key.ts';
import { alertSample, alertSamples, alertSampleTable, dashboardUrl, page } from './alert-samples.ts';
import { itIsAMailOfOurs } from './every-mail.ts';
import { readHtml } from './html-grammar.ts';
import { product } from './mail-samples.ts';

const compose = (name: string) => composeAlertMail(alertSample(name), product);

/** Links into the dashboard, in the order in which they stand. */
function linksOf({ html, text }: { readonly html: string; readonly text: string }): string[] {
  const inHtml = readHtml(html).flatMap(({ tag, attributes }) =>
    tag === 'a' && attributes['href']?.startsWith(dashboardUrl) ? [attributes['href']] : [],
  );
  // Each button has its address below it, for mail programs that show no buttons.
  const links = inHtml.filter((_, i) => i % 2 === 0);
  expect(links).toEqual(inHtml.filter((_, i) => i % 2 === 1));
  expect(text.match(/^https:\S+$/gm)).toEqual(links);
  return links;
}

afterEach(() => {
  vi.useRealTimers();
});

it('there is a sample of each kind', () => {
  expect(new Set(Object.values(alertSamples).map(({ what }) => what))).toEqual(new Set(alertKinds));
});

describe.each(alertSampleTable)('%s', (_name, mail) => {
  const composed = composeAlertMail(mail, product);
  const { subject, text, html } = composed;

  itIsAMailOfOurs(composed, () => composeAlertMail(mail, product));

  it('greets the owner, and tells in plain words what was seen, how severe it is, and when', () => {
    expect(text).toMatch(/^Hello Ada,\n\n/);
    expect(text).toContain(mail.explanation);
    expect(text).toMatch(new RegExp(`Severity: +${mail.severity}$`, 'im'));
    expect(text).toMatch(/Noticed: +3 March 2027, 14:00 UTC$/m);
  });

  it('names the key by its name and id, or else the account', () => {
    expect(/Key id: +A1b2C3d4E5f6$/m.test(text)).toBe(mail.key !== undefined);
    expect(text.includes('“Production”')).toBe(mail.key !== undefined);
    expect(/Account: +sub_abcdefghijklmnopqrst$/m.test(text)).toBe(mail.key === undefined);
  });

  it('holds no key, no secret and no token', () => {
    for (const part of [subject, text, html]) {
      expect(containsSecret(part)).toBe(false);
      expect(part).not.toContain('undefined');
    }
  });

  it('leads nowhere but to the dashboard, and tells that a link alone does nothing where it brings an answer', () => {
    const links = linksOf(composed);
    expect(links.length).toBeGreaterThan(0);
    const answers = links.filter((link) => link.includes('?'));
    for (const link of answers) expect(link).toMatch(/\?do=(suspend|rotate|expected)$/);
    expect(text.includes('Nothing happens by the link alone')).toBe(answers.length > 0);
  });
});

describe('the links', () => {
  const [suspend, rotate, expected] = ['suspend', 'rotate', 'expected'].map(
    (answer) => `${page}?do=${answer}`,
  );

  it.each<[string, (string | undefined)[]]>([
    ['surge', [suspend, rotate, expected]],
    ['surge, risen', [suspend, rotate, expected]],
    ['silence', [suspend, rotate, expected]],
    ['woke-up', [suspend, rotate, expected]],
    ['refusals 401', [suspend, rotate, expected]],
    ['new-network', [suspend, rotate, expected]],
    ['surge, suspended', [rotate, expected]],
    ['surge, over', [page]],
    ['surge of the whole subscription', [page, expected]],
    ['quota-threshold 80', [`${dashboardUrl}/plan`, `${dashboardUrl}/usage`]],
    ['quota-forecast', [`${dashboardUrl}/plan`, `${dashboardUrl}/usage`]],
  ])('of "%s"', (name, links) => {
    expect(linksOf(compose(name))).toEqual(links);
  });

  it('are named after what they do', () => {
    const { text } = compose('surge');
    for (const [label, link] of [
      ['Suspend the key', suspend],
      ['Give it a new secret now', rotate],
      ['This was me', expected],
    ]) {
      expect(text).toContain(`${label}:\n${link}\n`);
    }
  });
});

describe('the subject', () => {
  it.each([
    ['surge', 'Your AI Decision Engine API key: many more requests than usual'],
    ['surge, risen', 'Your AI Decision Engine API key, critical now: many more requests than usual'],
    ['surge, suspended', 'Your AI Decision Engine API key is suspended: many more requests than usual'],
    ['surge, over', 'Your AI Decision Engine API key: no longer more requests than usual'],
    [
      'surge of the whole subscription',
      'Your AI Decision Engine subscription: many more requests than usual',
    ],
    ['silence, over', 'Your AI Decision Engine API key: requests come again'],
    ['refusals, over', 'Your AI Decision Engine API key: no longer many refused requests'],
    ['refusals 401', 'Your AI Decision Engine API key: many requests with a wrong or old secret'],
    ['quota-threshold 80', "Your AI Decision Engine subscription: 80 % of the month's requests are used"],
    ['quota-threshold 100', "Your AI Decision Engine subscription: the month's requests are used up"],
    ['quota-forecast', "Your AI Decision Engine subscription: the month's requests will not last"],
  ])('of "%s" tells what it is about: %s', (name, subject) => {
    expect(compose(name).subject).toBe(subject);
  });
});

describe('what each mail must not leave out', () => {
  it.each<[string, string[]]>([
    ['surge', ['Somebody else may have got hold of the key', 'caught in a loop', 'nothing is wrong']],
    ['surge, risen', ['has become more severe: it is critical by now']],
    [
      'surge, suspended',
      [
        'the key is suspended since 3 March 2027, 14:00 UTC: requests with it are refused',
        'as soon as you give it a new secret, or say that it was you',
        'the suspension ends',
      ],
    ],
    ['surge, late', ['This mail is late', 'how things were on 3 March 2027, 14:00 UTC']],
    ['surge, over', ['ended by itself', '3 March 2027, 18:00 UTC', 'nothing that you have to do']],
    ['silence', ['may have stopped', 'not meant to run now']],
    ['woke-up', ['a backup, a repository or a laptop']],
    ['refusals 401', ['secret that was replaced', 'cannot be guessed']],
    ['refusals 403', ['may not call']],
    ['refusals 429', ['than your tier allows']],
    ['new-network', ['from where they are', '203.0.113.0/24']],
    [
      'quota-threshold 100',
      ['refused until the next month begins (UTC)', 'A higher tier takes effect at once'],
    ],
    ['quota-forecast', ['If it goes on like this']],
  ])('%s', (name, words) => {
    for (const each of words) expect(compose(name).text).toContain(each);
  });

  it('what lets a suspended key go on: an answer to this alert, or to each of several', () => {
    const alone = compose('surge, suspended').text;
    expect(alone).toContain('or say that it was you.');
    expect(alone).toContain('the suspension ends');
    const together = compose('surge, suspended for another alert too').text;
    expect(together).toContain('have said of each alert that suspended it that it was you');
    expect(together).not.toContain('the suspension ends');
  });

  it('a key that goes on is not told to be suspended', () => {
    expect(compose('surge').text).not.toContain('is suspended');
    expect(compose('surge, over').text).not.toContain('is suspended');
  });

  it('where a reader chooses which alerts are mailed', () => {
    expect(compose('surge').text).toContain('Which alerts are mailed, you choose in your settings.');
  });
});

describe('what makes no mail', () => {
  it.each<[string, Partial<AlertMail>]>([
    ['a time that is none', { openedAt: '' }],
    ['a dashboard that is reached without TLS', { dashboardUrl: 'http://dashboard.example.com' }],
    ['a dashboard that is a script', { dashboardUrl: 'javascript:alert(1)' }],
  ])('%s', (_what, fields) => {
    const mail = { ...alertSample('surge'), ...fields };
    expect(() => composeAlertMail(mail, product)).toThrow(RangeError);
  });

  it('the end of a kind whose end is told to nobody', () => {
    const mail = { ...alertSample('woke-up'), kind: 'alert-over' } as const;
    expect(() => composeAlertMail(mail, product)).toThrow('the end of woke-up');
  });
});
