import type { KeyItem } from '../../functions/keys/rules/key-item.ts';
import type { Change } from '../../functions/runtime/rules/change.ts';

export const hour = 3_600_000;
export const noon = Date.parse('2027-03-03T12:00:00.000Z');
export const at = (hours: number) => new Date(noon + hours * hour);
export const iso = (hours: number) => at(hours).toISOString();

export const change = (action: string, hours = 0): Change => ({
  action,
  actor: { kind: 'system', id: 'a test' },
  requestId: `request at ${hours}`,
  at: iso(hours),
});

/** Version 2 was made at noon and its link is on its way; version 1 goes on for 72 hours. */
export const waiting: KeyItem = {
  keyId: 'A1b2C3d4E5f6',
  subscriptionId: 'sub_abcdefghijklmnopqrst',
  name: 'default',
  prefix: 'user',
  tier: 'pro',
  usageKey: 'opaque',
  createdAt: iso(-90 * 24),
  suspensions: {},
  secrets: [
    { version: 1, hash: '1'.repeat(64), pepper: 'v1', createdAt: iso(-90 * 24), retiresAt: iso(72) },
    { version: 2, hash: '2'.repeat(64), pepper: 'v1', createdAt: iso(0) },
  ],
  retired: [],
  rotateAt: iso(90 * 24),
  handover: {
    version: 2,
    linkNo: 1,
    ciphertext: 'c2VhbGVk',
    expiresAt: iso(72),
    origin: { cause: 'schedule', at: iso(0) },
    delivery: { attempts: 1, queuedIn: 3, sentAt: iso(0), channel: 'link', messageId: 'message-1' },
  },
  revision: 4,
  change: change('send-key'),
};

type Handover = NonNullable<KeyItem['handover']>;

/** The same key with its handover changed; undefined takes away. */
export function withHandover(fields: { readonly [K in keyof Handover]?: Handover[K] | undefined }): KeyItem {
  const entries = Object.entries({ ...waiting.handover, ...fields }).filter(
    ([, value]) => value !== undefined,
  );
  return { ...waiting, handover: Object.fromEntries(entries) as unknown as Handover };
}

export const revoked: KeyItem = { ...waiting, secrets: [], revokedAt: iso(1) };
export const suspended: KeyItem = { ...waiting, suspensions: { payment: { at: iso(0), by: 'billing' } } };
