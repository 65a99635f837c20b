import type { MailProduct, OwnerMail } from '../../functions/delivery/rules/owner-mail.ts';
import { formatKey } from '../../functions/keys/rules/key-format.ts';

export const product: MailProduct = {
  name: 'AI Decision Engine',
  company: 'AI Weed Company',
  apiUrl: 'https://api.aiweedcompany.com',
  documentationUrl: 'https://docs.aiweedcompany.com',
  statusUrl: 'https://status.aiweedcompany.com',
  supportAddress: 'support@aiweedcompany.com',
};

export const apiKey = formatKey({
  prefix: 'user',
  keyId: 'A1b2C3d4E5f6',
  secret: 'Zz9'.repeat(14).concat('0'),
});

const about = {
  name: 'Ada',
  key: {
    keyId: 'A1b2C3d4E5f6',
    display: 'user_A1b2C...',
    name: 'Production',
    tier: 'pro',
    requestsPerMonth: 10_000,
  },
};
export const url = 'https://api.aiweedcompany.com/claim#A1b2C3d4E5f6.2.1.Q2xhaW0tTUFD_-0';
const at = '2027-03-03T14:05:00.000Z';
const later = '2027-03-06T14:05:00.000Z';
const link = { by: 'link', url, expiresAt: later } as const;
const pgp = { by: 'pgp', apiKey } as const;
const answer = { by: 'answer' } as const;
const by = { who: 'grace', reason: 'The laptop that held the key was stolen' };

/** One of each kind and variant, by a name that says which. */
export const samples: Readonly<Record<string, OwnerMail>> = {
  'new-key by link': { ...about, kind: 'new-key', secret: link },
  'new-key by pgp': { ...about, kind: 'new-key', secret: pgp },
  'new-key shown to its owner': { ...about, kind: 'new-key', secret: answer },
  'new-key made by an admin, by link': { ...about, kind: 'new-key', secret: link, by },
  'new-key made by an admin, who has it': { ...about, kind: 'new-key', secret: answer, by },
  'rotated on schedule': {
    ...about,
    kind: 'rotated',
    cause: 'schedule',
    secret: link,
    oldRetiresAt: later,
    at,
  },
  'rotated on schedule, by pgp': {
    ...about,
    kind: 'rotated',
    cause: 'schedule',
    secret: pgp,
    oldRetiresAt: later,
    at,
  },
  'rotated by an admin, at once': {
    ...about,
    kind: 'rotated',
    cause: 'admin',
    secret: link,
    by,
    oldRetiresAt: at,
    at,
  },
  'rotated by an admin, who has it': {
    ...about,
    kind: 'rotated',
    cause: 'admin',
    secret: answer,
    by,
    oldRetiresAt: later,
    at,
  },
  'rotated by its owner': {
    ...about,
    kind: 'rotated',
    cause: 'owner',
    secret: answer,
    oldRetiresAt: at,
    at,
  },
  'rotated after "That was not me"': {
    ...about,
    kind: 'rotated',
    cause: 'not-me',
    secret: link,
    oldRetiresAt: later,
    at,
  },
  'rotated for a new link, last key stopped': {
    ...about,
    kind: 'rotated',
    cause: 'renewed',
    secret: link,
    oldRetiresAt: at,
    at,
  },
  'rotated for a new link': { ...about, kind: 'rotated', cause: 'renewed', secret: link, at },
  notice: { ...about, kind: 'notice', rotatesAt: later, graceHours: 72 },
  'notice without grace': { ...about, kind: 'notice', rotatesAt: later, graceHours: 0 },
  'reminder, link not opened': { ...about, kind: 'reminder', oldRetiresAt: later, lastUsedAt: at, url },
  'reminder, link opened': { ...about, kind: 'reminder', oldRetiresAt: later, lastUsedAt: at },
  claimed: { ...about, kind: 'claimed', openedAt: at, url },
  resumed: { ...about, kind: 'resumed', suspendedAt: at, at: later },
  'claim-expired': { ...about, kind: 'claim-expired', expiredAt: at, url, at },
  'claim-expired, old key works': {
    ...about,
    kind: 'claim-expired',
    expiredAt: at,
    url,
    at,
    oldRetiresAt: later,
  },
  'claim-expired, old key stopped': {
    ...about,
    kind: 'claim-expired',
    expiredAt: at,
    url,
    at,
    oldRetiresAt: at,
  },
  'claim-expired, an admin has the key': {
    ...about,
    kind: 'claim-expired',
    answered: 'grace',
    expiredAt: at,
    url,
    at,
  },
};

export const sampleTable = Object.entries(samples);

/** The sample of that name. Throws for one that is not there. */
export function sample(name: string): OwnerMail {
  const found = samples[name];
  if (found === undefined) throw new Error(`there is no sample mail "${name}"`);
  return found;
}
