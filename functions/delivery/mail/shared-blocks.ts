import type { AboutKey, DoneBy, MailedSecret, MailProduct } from '../rules/owner-mail.ts';
import {
  address,
  type Block,
  button,
  code,
  heading,
  link,
  list,
  note,
  type Phrase,
  paragraph,
  say,
  strong,
} from './letter.ts';
import { capitalized, counted, durationBetween, instant, timeOf } from './wording.ts';

/** What several mails say, in the same words. */

export function greeting({ name }: { readonly name?: string }): Block {
  return paragraph(name === undefined || isNoName(name) ? say`Hello,` : say`Hello ${name},`);
}

/**
 * Names are chosen freely and mail programs turn addresses into links: what looks like one is no name, and whoever puts
 * another person's mail address into a form is not to write that person a letter in our name.
 */
function isNoName(name: string): boolean {
  return name.trim() === '' || name.length > 100 || /[@/\\]|www\.|\.\p{L}{2}/iu.test(name);
}

/** The key as it may be shown anywhere, its tier and its limit. */
export function keyFacts({ key }: AboutKey): Block {
  return {
    kind: 'facts',
    rows: [
      { label: 'API key', value: say`${key.display}` },
      { label: 'Name', value: say`${key.name}` },
      { label: 'Tier', value: say`${capitalized(key.tier)}` },
      { label: 'Limit', value: say`${counted(key.requestsPerMonth, 'request')}/month` },
    ],
  };
}

/** How the owner gets the secret. `label` names it: `new API key`. */
export function secretBlocks(secret: MailedSecret, label: string, by: DoneBy | undefined): Block[] {
  switch (secret.by) {
    case 'link':
      return [
        paragraph(
          say`The key is not written in this mail. This link shows it once, and works until ${strong(timeOf(secret.expiresAt))}. Open it when you are ready to store the key, and do not pass it on: whoever opens it sees the key.`,
        ),
        button(`Show my ${label}`, secret.url),
      ];
    case 'pgp':
      return [
        paragraph(say`This mail is encrypted to your OpenPGP key, so the key itself is in it.`),
        { kind: 'secret', label: `Your ${label}`, secret: secret.apiKey },
      ];
    case 'answer':
      return by === undefined
        ? [
            paragraph(
              say`The key was shown to you when you asked for it, so it is not in this mail. We keep no copy that could be shown again.`,
            ),
            note(say`You did not ask for it? Then somebody else did, and has it. Tell support at once.`),
          ]
        : [
            paragraph(
              say`The key is not in this mail: ${by.who} has it and can hand it to you. We keep no copy that could be shown again.`,
            ),
            note(say`You did not expect this? Ask ${by.who}, or tell support at once.`),
          ];
  }
}

export function reasonGiven(by: DoneBy): Block[] {
  return by.reason === undefined ? [] : [paragraph(say`The reason given: “${by.reason}”`)];
}

/** When the old key stops, or stopped; `at` is the time of the mail. `which` begins the sentence, where it is not plain. */
export function oldKeyFate(oldRetiresAt: string, at: string, which = 'Your old key'): Phrase {
  const when = strong(timeOf(oldRetiresAt));
  return hasPassed(oldRetiresAt, at)
    ? [which, ...say` stopped working on ${when}.`]
    : [which, ...say` keeps working until ${when} (in ${durationBetween(at, oldRetiresAt)}).`];
}

export function hasPassed(time: string, at: string): boolean {
  return instant(time) <= instant(at);
}

export function keepItSecret(): Block[] {
  return [
    heading(say`Keep the key secret`),
    list(
      say`Keep it in an environment variable or a secret store.`,
      say`Never put it into code, tickets, chats or mails.`,
      say`We never ask for your key. Please do not send it to anybody, not even to us.`,
    ),
  ];
}

export function howToUse(product: MailProduct): Block[] {
  return [
    heading(say`Use the key`),
    paragraph(say`Send it in the header ${code('X-API-Key')} of each request.`),
    list(
      say`Send requests to ${link(product.apiUrl)}`,
      say`Read how to call it at ${link(product.documentationUrl)}`,
    ),
  ];
}

/** @param because why the reader gets the mail */
export function footer(product: MailProduct, because: Phrase): Block {
  return {
    kind: 'footer',
    rows: [
      { label: 'Support', value: [address(product.supportAddress)] },
      { label: 'Documentation', value: [link(product.documentationUrl)] },
      { label: 'Status', value: [link(product.statusUrl)] },
    ],
    closing: [
      [...because, ...say` Nobody reads replies to it: please write to support instead.`],
      say`${product.company}`,
    ],
  };
}
