import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditPage, recordOf, type TestRecord } from './audit-support.ts';
import { refusalOf, requestedBy } from './management-support.ts';
import { type MadeKey, makeKey } from './request-path-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
let record: TestRecord;
let key: MadeKey;
let other: MadeKey;
/** The first and second simulated day of the fleet. */
let days: [string, string];
const revisions = 12;

const today = () => new Date(stack.clock.now()).toISOString().slice(0, 10);
const advance = (duration: string) =>
  stack.request('POST', '/_local/clock', {}, JSON.stringify({ advance: duration }));

beforeAll(async () => {
  stack = await startTestStack();
  record = recordOf(stack);
  // Noon, so that no midnight comes between.
  const noon = `${new Date(stack.clock.now() + 86_400_000).toISOString().slice(0, 10)}T12:00:00Z`;
  await stack.request('POST', '/_local/clock', {}, JSON.stringify({ set: noon }));
  [key, other] = [await makeKey(stack), await makeKey(stack)];
  const first = today();
  for (let revision = 2; revision <= revisions; revision++) {
    if (revision === 7) await advance('P1D');
    await advance('PT1S');
    const act = revision % 2 === 0 ? 'suspend-key' : 'resume-key';
    await stack.manage(act, { keyId: key.keyId, requestedBy });
  }
  days = [first, today()];
  await stack.streams.whenIdle(30_000);
});
afterAll(() => stack.close());

const sequences = ({ entries }: AuditPage) => entries.map(({ sequence }) => sequence);
const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, n) => from - n);

/** All pages of a list. */
async function pages(payload: Record<string, unknown>): Promise<AuditPage[]> {
  const found: AuditPage[] = [];
  for (let cursor: string | undefined; found.length < 100; ) {
    const page = await record.query({ ...payload, ...(cursor === undefined ? {} : { cursor }) });
    found.push(page);
    cursor = page.cursor;
    if (cursor === undefined) break;
  }
  return found;
}

describe('a list', () => {
  test('of a key is whole, newest first, and tells what the table holds', async () => {
    const page = await record.query({ keyId: key.keyId });
    expect(sequences(page)).toEqual(down(revisions, 1));
    expect(page.cursor).toBeUndefined();
    const stored = await record.entries(key.keyId);
    expect(page.entries.toReversed()).toEqual(stored.map(({ dayOrder: _, ...entry }) => entry));
  });

  test('of a subscription has its own changes and none of its keys’', async () => {
    const { entries } = await record.query({ subscriptionId: key.subscriptionId });
    expect(entries.length).toBe((await record.item(key.subscriptionId)).revision);
    expect(new Set(entries.map(({ subject }) => subject))).toEqual(new Set([key.subscriptionId]));
  });

  test('of a day has every subject’s entries of that day, newest first, and of no other', async () => {
    for (const day of days) {
      const { entries } = await record.query({ day, limit: 100 });
      const times = entries.map(({ at }) => at);
      expect(times).toEqual(times.toSorted().toReversed());
      expect(times.filter((at) => !at.startsWith(day))).toEqual([]);
    }
    const [first, second] = await Promise.all(days.map((day) => record.query({ day, limit: 100 })));
    const ofKey = (page: AuditPage | undefined) =>
      page?.entries.filter(({ subject }) => subject === key.keyId).map(({ sequence }) => sequence);
    expect(ofKey(first)).toEqual(down(6, 1));
    expect(ofKey(second)).toEqual(down(revisions, 7));
    expect(first?.entries.map(({ subject }) => subject)).toContain(other.subscriptionId);
  });

  test('of what there is nothing of is empty', async () => {
    expect(await record.query({ keyId: 'abcdefghijkl' })).toEqual({ entries: [] });
    expect(await record.query({ subscriptionId: `sub_${'a'.repeat(20)}` })).toEqual({ entries: [] });
    expect(await record.query({ day: '2001-01-01' })).toEqual({ entries: [] });
  });
});

describe('pages', () => {
  test.each([1, 5, 6, 11, 12, 13])('of %i give every entry once, in order', async (limit) => {
    const found = await pages({ keyId: key.keyId, limit });
    expect(found.flatMap(sequences)).toEqual(down(revisions, 1));
    expect(found.every(({ entries }) => entries.length <= limit)).toBe(true);
  });

  test('of a day give every entry once, in order', async () => {
    const all = await record.query({ day: days[0], limit: 100 });
    const found = await pages({ day: days[0], limit: 3 });
    expect(found.flatMap(({ entries }) => entries)).toEqual(all.entries);
    expect(found.length).toBeGreaterThan(2);
  });

  test('go on where they were when entries are added meanwhile', async () => {
    const first = await record.query({ keyId: other.keyId, limit: 1 });
    expect([sequences(first), first.cursor]).toEqual([[1], expect.any(String)]);
    await stack.manage('suspend-key', { keyId: other.keyId, requestedBy });
    await stack.streams.whenIdle(30_000);
    expect(await record.query({ keyId: other.keyId, limit: 1, cursor: first.cursor })).toEqual({
      entries: [],
    });
    expect(sequences(await record.query({ keyId: other.keyId }))).toEqual([2, 1]);
  });

  test('within bounds lose and repeat nothing', async () => {
    const { entries } = await record.query({ keyId: key.keyId });
    const [from, to] = [entries[9]?.at, entries[2]?.at];
    const found = await pages({ keyId: key.keyId, from, to, limit: 3 });
    expect(found.flatMap(sequences)).toEqual(down(10, 3));
  });
});

describe('bounds', () => {
  /** The time of a revision of the key, moved by milliseconds. */
  const timeOf = async (sequence: number, by = 0) => {
    const entry = (await record.entries(key.keyId))[sequence - 1];
    return new Date(Date.parse(entry?.at ?? '') + by).toISOString();
  };

  test.each([
    ['both included', [4, 0], [6, 0], [6, 5, 4]],
    ['a millisecond after the one and before the other', [4, 1], [6, -1], [5]],
    ['that meet', [5, 0], [5, 0], [5]],
    ['the wrong way round', [6, 0], [4, 0], []],
  ] as const)('%s', async (_what, [from, later], [to, earlier], expected) => {
    const bounds = { from: await timeOf(from, later), to: await timeOf(to, earlier) };
    expect(sequences(await record.query({ keyId: key.keyId, ...bounds }))).toEqual(expected);
    const ofDay = await record.query({ day: days[0], ...bounds });
    expect(
      ofDay.entries.filter(({ subject }) => subject === key.keyId).map(({ sequence }) => sequence),
    ).toEqual(expected);
  });

  test('one of them is enough, and days outside them are empty', async () => {
    const middle = await timeOf(7);
    expect(sequences(await record.query({ keyId: key.keyId, from: middle }))).toEqual(down(revisions, 7));
    expect(sequences(await record.query({ keyId: key.keyId, to: middle }))).toEqual(down(7, 1));
    expect(await record.query({ day: days[0], from: middle })).toEqual({ entries: [] });
    expect(await record.query({ day: days[1], to: await timeOf(6) })).toEqual({ entries: [] });
    const { entries } = await record.query({ day: days[0], to: middle, limit: 100 });
    expect(entries).toEqual((await record.query({ day: days[0], limit: 100 })).entries);
  });

  test('may be told in any time zone, and to the second', async () => {
    const local = (iso: string, hours: number, sign: string) =>
      `${new Date(Date.parse(iso) + (sign === '+' ? 1 : -1) * hours * 3_600_000).toISOString().slice(0, -1)}${sign}0${hours}:00`;
    const bounds = { from: local(await timeOf(4), 5, '+'), to: local(await timeOf(6), 8, '-') };
    expect(sequences(await record.query({ keyId: key.keyId, ...bounds }))).toEqual([6, 5, 4]);
    const whole = `${(await timeOf(6)).slice(0, 19)}Z`;
    expect(sequences(await record.query({ keyId: key.keyId, from: whole }))).toEqual(down(revisions, 6));
  });
});

describe('a ValidationError refuses', () => {
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const refused = async (payload: Record<string, unknown>) =>
    (await refusalOf(stack.manage('query-audit', payload))).type;

  test.each([
    ['nothing named', {}],
    ['a page of nothing', { cursor: 'e30' }],
    ['a day that is none', { day: '2026-02-30' }],
    ['a time as a day', { day: '2026-11-23T10:00:00Z' }],
    ['an unknown field', { day: '2026-11-23', subject: 'abcdefghijkl' }],
    ['a key id that is none', { keyId: 'email#a@example.com' }],
    ['a time without a zone', { day: '2026-11-23', from: '2026-11-23T10:00:00' }],
    ['a limit of 0', { day: '2026-11-23', limit: 0 }],
    ['a limit above 100', { day: '2026-11-23', limit: 101 }],
  ])('%s', async (_what, payload) => {
    expect(await refused(payload)).toBe('ValidationError');
  });

  test('two subjects at once', async () => {
    const { keyId, subscriptionId } = key;
    expect(await refused({ keyId, subscriptionId })).toBe('ValidationError');
    expect(await refused({ keyId, day: days[0] })).toBe('ValidationError');
    expect(await refused({ subscriptionId, day: days[0] })).toBe('ValidationError');
  });

  test('a cursor of another list', async () => {
    const { keyId } = key;
    const { cursor } = await record.query({ keyId, limit: 2 });
    expect(await refused({ keyId: other.keyId, cursor })).toBe('ValidationError');
    expect(await refused({ day: days[0], cursor })).toBe('ValidationError');
    const ofDay = (await record.query({ day: days[0], limit: 2 })).cursor;
    expect(await refused({ day: days[1], cursor: ofDay })).toBe('ValidationError');
    expect(await refused({ keyId, cursor: ofDay })).toBe('ValidationError');
    const sameSubject = (await record.query({ day: days[0], limit: 1 })).entries[0]?.subject ?? '';
    const field = sameSubject.startsWith('sub_') ? 'subscriptionId' : 'keyId';
    const its = (await record.query({ day: days[0], limit: 1 })).cursor;
    expect(await refused({ [field]: sameSubject, cursor: its })).toBe('ValidationError');
  });

  test('a cursor of the same day from outside the bounds', async () => {
    const [day] = days;
    const { cursor, entries } = await record.query({ day, limit: 2 });
    const last = entries.at(-1)?.at ?? '';
    const [after, before] = [1, -1].map((by) => new Date(Date.parse(last) + by).toISOString());
    expect(await refused({ day, from: after, cursor })).toBe('ValidationError');
    expect(await refused({ day, to: before, cursor })).toBe('ValidationError');
    const { entries: next } = await record.query({ day, from: `${days[0]}T00:00:00Z`, to: last, cursor });
    expect(next[0]?.at.localeCompare(last)).toBeLessThanOrEqual(0);
  });

  test('a cursor that is forged or malformed', async () => {
    const { keyId } = key;
    const forged = [
      '',
      'garbage',
      encoded(null),
      encoded(7),
      encoded([]),
      encoded({}),
      encoded({ subject: keyId }),
      encoded({ subject: keyId, sequence: '3' }),
      encoded({ subject: keyId, sequence: 3, extra: true }),
      encoded({ subject: keyId, day: days[0] }),
      encoded({ subject: keyId, dayOrder: 'x' }),
      encoded({ subject: keyId, sequence: 1.5, day: days[0], dayOrder: 'x' }),
      encoded({ subject: keyId, sequence: 3, __proto__: {}, constructor: 'x' }),
    ];
    for (const cursor of forged) expect(await refused({ keyId, cursor }), cursor).toBe('ValidationError');
    const forgedDays = [
      encoded({ subject: keyId, sequence: 3 }),
      encoded({ day: days[0], dayOrder: 'x' }),
      encoded({ day: days[0], sequence: 3 }),
      encoded({ day: days[0], sequence: 3, subject: keyId, dayOrder: 'x' }),
      encoded({
        day: days[0],
        sequence: 3,
        subject: keyId,
        dayOrder: `${days[0]}T10:00:00.000Z#${keyId}#0000000004`,
      }),
    ];
    for (const cursor of forgedDays) {
      expect(await refused({ day: days[0], cursor }), cursor).toBe('ValidationError');
    }
  });
});

test('its role may query the record and its index, and read no table as a whole', () => {
  const [fn] = stack.template
    .byType('AWS::Lambda::Function')
    .filter(({ ref }) => ref === stack.functions['query-audit']);
  const role = String((fn?.properties as { Role?: string } | undefined)?.Role);
  const roleName = role.split('/').at(-1);
  interface Policy {
    readonly PolicyDocument: { readonly Statement: readonly { readonly Action: unknown }[] };
  }
  const inside = stack.template
    .byType('AWS::IAM::Role')
    .filter(({ ref }) => ref === roleName)
    .flatMap(({ properties }) => (properties as { Policies?: Policy[] }).Policies ?? []);
  const attached = stack.template
    .byType('AWS::IAM::Policy')
    .map(({ properties }) => properties as unknown as Policy & { Roles: string[] })
    .filter(({ Roles }) => Roles.some((name) => name === roleName));
  const ofTables = [...inside, ...attached]
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(({ Action }) => Action))
    .map(String)
    .filter((action) => action.startsWith('dynamodb:') || action === '*');
  expect(new Set(ofTables)).toEqual(new Set(['dynamodb:Query']));
});
