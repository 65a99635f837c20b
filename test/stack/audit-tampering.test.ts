import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditEntry, chained, genesis, itemHashOf } from '../../functions/audit/rules/audit-entry.ts';
import { recordOf, type TestRecord, type Verification } from './audit-support.ts';
import { requestedBy } from './management-support.ts';
import { functionLog, makeKey } from './request-path-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/**
 * Somebody with an administrator's hands on the tables, but without the key in KMS that seals: each kind of tampering
 * is done to a key of its own, one verification names them all, and putting everything back makes the record whole.
 */

/** What is about to be tampered with: four revisions, each with its entry. */
interface Victim {
  readonly subject: string;
  readonly item: Readonly<Record<string, unknown>>;
  readonly entries: readonly [AuditEntry, AuditEntry, AuditEntry, AuditEntry];
}

interface Tampering {
  readonly tamper: (victim: Victim) => Promise<unknown>;
  /** Sequence and a part of the reason, of everything that is named. */
  readonly named: readonly (readonly [number, string])[];
}

let stack: TestStack;
let record: TestRecord;
let donor: Victim;
const victims = new Map<string, Victim>();
let before: Verification;
let broken: Verification;

const edited = 'the entry was edited: its content does not give its hash';
const hidden = 'the entry was edited: it is not listed under its day';
const rewritten = 'the entry does not follow the one before: one of the two was rewritten';
const unsealed = 'the seal does not fit: the entry, or the chain up to it, was rewritten';
const missing = 'the entry is missing';
const cutOff = 'the entry is missing at the end: the item stands at revision 4';
const past = 'the item was changed afterwards, past the record';
const setBack = (revision: number) =>
  `the item stands at revision ${revision} and the record goes on: the item was set back`;

const edit = (attribute: keyof AuditEntry, value: unknown, named = edited): [string, Tampering] => [
  `the ${attribute} of an entry edited`,
  { tamper: ({ entries: [, entry] }) => record.put({ ...entry, [attribute]: value }), named: [[2, named]] },
];

/** Without the seal: that is what the tamperer cannot make. */
const reseal = (entry: Omit<AuditEntry, 'seal'>, seal: string) => record.put({ ...entry, seal });

const head = (
  named: readonly (readonly [number, string])[],
  changes: Record<string, unknown>,
): Tampering => ({
  tamper: ({ entries }) => record.put({ ...entries[3], ...changes }),
  named,
});

const kinds: Readonly<Record<string, Tampering>> = {
  ...Object.fromEntries([
    edit('action', 'resume-key'),
    edit('actor', { kind: 'admin', id: 'somebody else' }),
    edit('requestId', '00000000-0000-4000-8000-000000000000'),
    edit('at', '2020-01-01T00:00:00.000Z'),
    edit('reason', 'another reason'),
    edit('state', {}),
    edit('itemHash', genesis),
    edit('subjectKind', 'platform'),
    edit('day', '2020-01-01', hidden),
    edit('dayOrder', 'elsewhere', hidden),
  ]),
  'the previousHash of an entry edited': {
    tamper: ({ entries: [, entry] }) => record.put({ ...entry, previousHash: genesis }),
    named: [
      [2, edited],
      [2, rewritten],
    ],
  },
  'the hash of an entry edited': {
    tamper: ({ entries: [, entry] }) => record.put({ ...entry, hash: genesis }),
    named: [
      [2, edited],
      [3, rewritten],
    ],
  },
  'an entry emptied': {
    tamper: ({ subject }) => record.put({ subject, sequence: 2 }),
    named: [
      [2, edited],
      [2, rewritten],
      [3, rewritten],
    ],
  },
  'the head emptied': {
    tamper: ({ subject }) => record.put({ subject, sequence: 4 }),
    named: [
      [4, edited],
      [4, rewritten],
      [4, past],
      [4, unsealed],
    ],
  },
  'an entry rewritten with the hash that fits': {
    tamper: ({ entries: [, entry] }) =>
      reseal(chained({ ...entry, reason: 'invented' }, entry.previousHash), entry.seal),
    named: [[3, rewritten]],
  },
  'the head rewritten with the hash that fits': {
    tamper: ({ entries: [, , , entry] }) =>
      reseal(chained({ ...entry, reason: 'invented' }, entry.previousHash), entry.seal),
    named: [[4, unsealed]],
  },
  'the whole chain rewritten consistently': {
    tamper: async ({ entries }) => {
      let previous = genesis;
      for (const entry of entries) {
        const forged = chained({ ...entry, actor: { kind: 'admin', id: 'somebody else' } }, previous);
        previous = forged.hash;
        await reseal(forged, entry.seal);
      }
    },
    named: [[4, unsealed]],
  },
  'an act erased: the chain rewritten without it, and the item with it': {
    tamper: async ({ subject, item, entries: [first, , third] }) => {
      const shorter = { ...item, revision: 3 };
      await record.remove(subject, 2, 3, 4);
      const second = chained({ ...third, sequence: 2 }, first.hash);
      await reseal(second, third.seal);
      const last = { ...third, sequence: 3, itemHash: itemHashOf(shorter) };
      await reseal(chained(last, second.hash), third.seal);
      await record.putItem(subject, shorter);
    },
    named: [[3, unsealed]],
  },
  'an entry removed in the middle': {
    tamper: ({ subject }) => record.remove(subject, 2),
    named: [[2, missing]],
  },
  'two entries removed in the middle': {
    tamper: ({ subject }) => record.remove(subject, 2, 3),
    named: [
      [2, missing],
      [3, missing],
    ],
  },
  'the first entry removed': {
    tamper: ({ subject }) => record.remove(subject, 1),
    named: [[1, missing]],
  },
  'the last entry removed': {
    tamper: ({ subject }) => record.remove(subject, 4),
    named: [[4, cutOff]],
  },
  'the last three entries removed': {
    tamper: ({ subject }) => record.remove(subject, 2, 3, 4),
    named: [
      [2, cutOff],
      [3, cutOff],
      [4, cutOff],
    ],
  },
  'all entries removed': {
    tamper: ({ subject }) => record.remove(subject, 1, 2, 3, 4),
    named: [1, 2, 3, 4].map((sequence) => [sequence, cutOff] as const),
  },
  'two entries exchanged': {
    tamper: async ({ entries: [, second, third] }) => {
      await record.put({ ...second, sequence: 3 });
      await record.put({ ...third, sequence: 2 });
    },
    named: [
      [2, edited],
      [2, rewritten],
      [3, edited],
      [3, rewritten],
      [4, rewritten],
    ],
  },
  'the seal replaced by garbage': head([[4, unsealed]], { seal: 'garbage' }),
  'the seal replaced by another MAC': head([[4, unsealed]], { seal: Buffer.alloc(32, 7).toString('base64') }),
  'the seal replaced by a number': head([[4, unsealed]], { seal: 42 }),
  'the seal emptied': head([[4, unsealed]], { seal: '' }),
  'the seal replaced by that of the entry before': {
    tamper: ({ entries: [, , third, fourth] }) => record.put({ ...fourth, seal: third.seal }),
    named: [[4, unsealed]],
  },
  'the hash of the head replaced by garbage': head(
    [
      [4, edited],
      [4, unsealed],
    ],
    { hash: 'garbage' },
  ),
  'the head replaced by that of another subject, seal and all': {
    tamper: ({ subject }) => record.put({ ...donor.entries[3], subject }),
    named: [
      [4, edited],
      [4, rewritten],
      [4, past],
    ],
  },
  'an entry put in beyond the tail': {
    tamper: ({ entries: [, , , last] }) =>
      reseal(chained({ ...last, sequence: 5, action: 'resume-key' }, last.hash), last.seal),
    named: [
      [5, setBack(4)],
      [5, unsealed],
    ],
  },
  'an entry put in between two others': {
    tamper: ({ entries: [, second] }) =>
      reseal(chained({ ...second, sequence: 2.5 }, second.hash), second.seal),
    named: [[3, rewritten]],
  },
  'an entry put in far beyond the tail': {
    tamper: ({ entries: [, , , last] }) =>
      reseal(chained({ ...last, sequence: 2 ** 50 }, last.hash), last.seal),
    named: [
      [5, `the entries from 5 to ${2 ** 50 - 1} are missing`],
      [2 ** 50, setBack(4)],
      [2 ** 50, unsealed],
    ],
  },
  'the item set back to an older revision': {
    tamper: ({ subject, item }) => record.putItem(subject, { ...item, revision: 2 }),
    named: [[4, setBack(2)]],
  },
  'a secret’s hash replaced under the same revision': {
    tamper: ({ subject, item }) => {
      const secrets = (item['secrets'] as Record<string, unknown>[]).map((secret) => ({
        ...secret,
        hash: 'a'.repeat(64),
      }));
      return record.putItem(subject, { ...item, secrets });
    },
    named: [[4, past]],
  },
  'an item’s revision raised without saying by which act': {
    tamper: ({ subject, item }) => record.putItem(subject, { ...item, revision: 5, change: {} }),
    named: [[5, 'the entry is missing at the end: the item stands at revision 5']],
  },
};

beforeAll(async () => {
  stack = await startTestStack();
  record = recordOf(stack);
  const makeSubject = async (): Promise<string> => {
    const { keyId } = await makeKey(stack);
    for (const act of ['suspend-key', 'resume-key', 'suspend-key']) {
      await stack.manage(act, { keyId, requestedBy, reason: 'a reason' });
    }
    return keyId;
  };
  const victimOf = async (subject: string): Promise<Victim> => {
    const [a, b, c, d] = await record.entries(subject);
    if (a === undefined || b === undefined || c === undefined || d === undefined) {
      throw new Error(`${subject} is not on record`);
    }
    return { subject, item: await record.item(subject), entries: [a, b, c, d] };
  };
  const names = Object.keys(kinds);
  const [healthy = '', ...subjects] = await Promise.all(['donor', ...names].map(makeSubject));
  await stack.streams.whenIdle(60_000);
  donor = await victimOf(healthy);
  for (const [index, name] of names.entries()) victims.set(name, await victimOf(subjects[index] ?? ''));
  before = await record.verify();

  for (const [name, { tamper }] of Object.entries(kinds)) await tamper(victim(name));
  await stack.streams.whenIdle(30_000);
  broken = await record.verify();
});
afterAll(() => stack.close());

function victim(name: string): Victim {
  const found = victims.get(name);
  if (found === undefined) throw new Error(`nobody for ${name}`);
  return found;
}

test('an untouched fleet verifies, with every subject and entry counted', () => {
  const keys = Object.keys(kinds).length + 1;
  // Each key has a subscription, whose entries are those of its usage key and of the key.
  expect(before).toEqual({
    ok: true,
    subjects: expect.any(Number),
    entries: expect.any(Number),
    broken: [],
  });
  expect(before.subjects).toBeGreaterThanOrEqual(2 * keys);
  expect(before.entries).toBeGreaterThanOrEqual(5 * keys);
});

describe('one verification of everything names', () => {
  test.each(Object.entries(kinds))('%s', (name, { named }) => {
    const { subject } = victim(name);
    const found = broken.broken.filter((each) => each.subject === subject);
    const readable = found.map(({ sequence, why }) => `${sequence} ${why}`);
    expect(readable.toSorted()).toEqual(named.map(([sequence, why]) => `${sequence} ${why}`).toSorted());
  });

  test('nothing else', () => {
    const tampered = new Set([...victims.values()].map(({ subject }) => subject));
    expect(broken.ok).toBe(false);
    expect(broken.broken.filter(({ subject }) => !tampered.has(subject))).toEqual([]);
    expect(broken.subjects).toBe(before.subjects);
  });
});

test('a write past the record raises the alarm of conflicts and names the item', async () => {
  const names = [
    'a secret’s hash replaced under the same revision',
    'the item set back to an older revision',
    'an item’s revision raised without saying by which act',
  ];
  const lines = await functionLog(stack, 'record-audit');
  const told = lines
    .filter(({ message }) => message === 'an item was changed past the record')
    .map(({ subject }) => String(subject));
  expect(told).toEqual(expect.arrayContaining(names.map((name) => victim(name).subject)));
  const conflicts = lines.filter((line) => line['AuditConflicts'] !== undefined);
  expect(conflicts.length).toBeGreaterThanOrEqual(names.length);
  expect(lines.some((line) => String(line['message']).startsWith('not recorded'))).toBe(false);
});

test('one subject can be verified alone, whatever is wrong with others', async () => {
  expect(await record.verify(donor.subject)).toEqual({ ok: true, subjects: 1, entries: 4, broken: [] });
  const { subject } = victim('the first entry removed');
  expect(await record.verify(subject)).toEqual({
    ok: false,
    subjects: 1,
    entries: 3,
    broken: [{ subject, sequence: 1, why: missing }],
  });
  expect(await record.verify('abcdefghijkl')).toEqual({ ok: true, subjects: 1, entries: 0, broken: [] });
  for (const wrong of ['', 'Platform', 'email#a@example.com', 'sub_', 7]) {
    await expect(stack.manage('verify-audit', { subject: wrong })).rejects.toMatchObject({
      errorType: 'ValidationError',
    });
  }
});

test('putting everything back makes the record whole again', async () => {
  for (const { subject, item, entries } of victims.values()) {
    const strangers = (await record.entries(subject)).map(({ sequence }) => sequence);
    await record.remove(subject, ...strangers.filter((sequence) => ![1, 2, 3, 4].includes(sequence)));
    for (const entry of entries) await record.put({ ...entry });
    await record.putItem(subject, { ...item });
  }
  await stack.streams.whenIdle(30_000);
  expect(await record.verify()).toEqual(before);
});

test('an item that is deleted leaves an entry that says so, and one that comes back is named', async () => {
  const { subject, item } = victim('all entries removed');
  await record.removeItem(subject);
  await stack.streams.whenIdle(30_000);
  const removed = (await record.entries(subject)).at(-1);
  expect(removed).toMatchObject({
    sequence: 5,
    action: 'item-removed',
    actor: { kind: 'system', id: 'unknown' },
    state: {},
  });
  expect(await record.verify()).toEqual({ ...before, entries: before.entries + 1 });

  await record.putItem(subject, { ...item });
  await stack.streams.whenIdle(30_000);
  expect((await record.verify()).broken).toEqual([{ subject, sequence: 5, why: setBack(4) }]);
});
