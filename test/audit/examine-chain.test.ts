import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AuditEntry, chained, genesis } from '../../functions/audit/rules/audit-entry.ts';
import { examineChain } from '../../functions/audit/rules/examine-chain.ts';
import {
  expiry,
  type RecordedItem,
  recordedRemoval,
  removal,
} from '../../functions/audit/rules/recorded-change.ts';
import { about, chainOf, itemAt, subject } from './chain-support.ts';

const text = fc.string({ maxLength: 12 });
/** Items of revisions 1, 2, ... as acts leave them; no two alike. */
const history = fc
  .array(fc.record({ name: text, action: text, actor: text, requestId: text, reason: fc.option(text) }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((acts) =>
    acts.map(({ name, action, actor, requestId, reason }, index): RecordedItem => {
      const { change, ...item } = itemAt(index + 1, name);
      return {
        ...item,
        change: {
          action,
          actor: { kind: 'admin', id: actor },
          requestId: `${requestId} ${index}`,
          at: change.at,
          ...(reason === null ? {} : { reason }),
        },
      };
    }),
  );

/** Everything an entry has but its seal, which KMS verifies. */
const attributes = [
  'subject',
  'subjectKind',
  'sequence',
  'action',
  'actor',
  'requestId',
  'at',
  'reason',
  'state',
  'itemHash',
  'previousHash',
  'hash',
  'day',
  'dayOrder',
] as const;

/** As a table gives them back. */
const inOrder = (entries: readonly AuditEntry[]) => entries.toSorted((a, b) => a.sequence - b.sequence);
const examined = (entries: readonly AuditEntry[], item: RecordedItem | undefined) =>
  examineChain(subject, inOrder(entries), item, item);
const tailOf = (items: readonly RecordedItem[]) => items.at(-1);

describe('whatever the acts were', () => {
  test('an untouched chain is never reported', () => {
    fc.assert(
      fc.property(history, (items) => {
        expect(examined(chainOf(items), tailOf(items))).toEqual([]);
      }),
    );
  });

  test('nor one that was read while acts went on, up to any of its revisions', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.nat(), (items, a, b) => {
        const [before = 0, during = 0] = [a % items.length, b % items.length].toSorted((x, y) => x - y);
        const chain = chainOf(items).slice(0, during + 1);
        expect(examineChain(subject, chain, items[before], tailOf(items))).toEqual([]);
      }),
    );
  });

  test('a single edit of any attribute of any entry is found', () => {
    fc.assert(
      fc.property(
        history,
        fc.nat(),
        fc.constantFrom(...attributes),
        fc.anything(),
        (items, at, attribute, value) => {
          const chain = chainOf(items);
          const index = at % chain.length;
          const entry = chain[index] ?? fc.pre(false);
          const other = attribute === 'sequence' ? chain.length + 1 + (at % 1000) : (value ?? 'nothing');
          fc.pre(JSON.stringify(other) !== JSON.stringify(entry?.[attribute]));
          const edited = chain.with(index, { ...entry, [attribute]: other } as AuditEntry);
          expect(examined(edited, tailOf(items))).not.toEqual([]);
        },
      ),
    );
  });

  test('a single attribute taken away is found', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.constantFrom(...attributes), (items, at, attribute) => {
        const chain = chainOf(items);
        const index = at % chain.length;
        const { [attribute]: gone, ...rest } = chain[index] ?? ({} as AuditEntry);
        fc.pre(gone !== undefined && attribute !== 'sequence');
        expect(examined(chain.with(index, rest as AuditEntry), tailOf(items))).not.toEqual([]);
      }),
    );
  });

  test('any entries taken away are each named', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.boolean()), (items, coins) => {
        const chain = chainOf(items);
        const kept = chain.filter(() => coins.next().value);
        fc.pre(kept.length < chain.length);
        const gone = chain.filter((entry) => !kept.includes(entry)).map(({ sequence }) => sequence);
        const named = examined(kept, tailOf(items));
        expect(named.map(({ sequence }) => sequence)).toEqual(gone);
        expect(named.every(({ why }) => why.startsWith('the entry is missing'))).toBe(true);
      }),
    );
  });

  test('two entries that changed places are found', () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.nat(), (items, a, b) => {
        const chain = chainOf(items);
        const [one, other] = [chain[a % chain.length], chain[b % chain.length]];
        fc.pre(one !== undefined && other !== undefined && one !== other);
        if (one === undefined || other === undefined) return;
        const swapped = chain.map((entry) => {
          if (entry === one) return { ...other, sequence: one.sequence };
          return entry === other ? { ...one, sequence: other.sequence } : entry;
        });
        expect(examined(swapped, tailOf(items))).not.toEqual([]);
      }),
    );
  });

  test('an entry rewritten with the hash that fits is found by the one after it, or by the item', () => {
    fc.assert(
      fc.property(history, fc.nat(), text, (items, at, action) => {
        const chain = chainOf(items);
        const index = at % (chain.length - 1 || 1);
        const entry = chain[index];
        fc.pre(chain.length > 1 && entry !== undefined && entry.action !== action);
        if (entry === undefined) return;
        const rewritten = { ...chained({ ...entry, action }, entry.previousHash), seal: entry.seal };
        const named = examined(chain.with(index, rewritten), tailOf(items));
        expect(named.map(({ sequence }) => sequence)).toEqual([entry.sequence + 1]);
      }),
    );
  });

  test('an entry put in anywhere, with a number of its own and every hash that fits, is found', () => {
    const numbers = fc.oneof(
      fc.constantFrom(0, -1, -7, 0.5, 1.5, 2.5),
      fc.integer({ min: 13, max: 2 ** 50 }),
    );
    fc.assert(
      fc.property(history, numbers, (items, sequence) => {
        const chain = chainOf(items);
        const before = chain.findLast((entry) => entry.sequence < sequence);
        const { seal, ...forged } = { ...(before ?? chain[0]), sequence } as AuditEntry;
        const entry = { ...chained(forged, before?.hash ?? genesis), seal };
        expect(examined([...chain, entry], tailOf(items))).not.toEqual([]);
      }),
    );
  });
});

describe('the tail against the item', () => {
  const items = [1, 2, 3].map((revision) => itemAt(revision));
  const chain = chainOf(items);

  test('an item that has no entry at all is named from its first revision on', () => {
    expect(examined([], items[2])).toEqual(
      [1, 2, 3].map((sequence) => ({
        subject,
        sequence,
        why: 'the entry is missing at the end: the item stands at revision 3',
      })),
    );
  });

  test('an item with other content under the same revision is named', () => {
    const secrets = [
      { version: 1, hash: 'e'.repeat(64), pepper: 'v1', createdAt: '2026-11-23T10:00:00.000Z' },
    ];
    expect(examined(chain, { ...itemAt(3), secrets })).toEqual([
      { subject, sequence: 3, why: 'the item was changed afterwards, past the record' },
    ]);
  });

  test('an item that was set back is named', () => {
    expect(examined(chain, items[1])).toEqual([
      {
        subject,
        sequence: 3,
        why: 'the item stands at revision 2 and the record goes on: the item was set back',
      },
    ]);
  });

  test('an item that went is named, unless its removal is on record', () => {
    expect(examined(chain, undefined)).toEqual([
      { subject, sequence: 3, why: 'the item is gone, and its removal is not on record' },
    ]);
    const removed = recordedRemoval(about, itemAt(3), '2026-11-23T11:00:00.000Z', 'event');
    expect(removed).toMatchObject({ sequence: 4, action: removal });
    const entry = { ...chained(removed, chain.at(-1)?.hash ?? ''), seal: '' };
    expect(examined([...chain, entry], undefined)).toEqual([]);
    expect(examineChain(subject, [...chain, entry], itemAt(3), undefined)).toEqual([]);
    const expired = recordedRemoval(about, itemAt(3), '2026-11-23T11:00:00.000Z', 'event', expiry);
    const last = { ...chained(expired, chain.at(-1)?.hash ?? ''), seal: '' };
    expect(examined([...chain, last], undefined)).toEqual([]);
  });

  test('a forged revision or sequence of any size is told in few words', () => {
    const far = 2 ** 50;
    expect(examined(chain, { ...itemAt(3), revision: far })).toEqual([
      {
        subject,
        sequence: 4,
        why: `the entries from 4 to ${far} are missing at the end: the item stands at revision ${far}`,
      },
    ]);
    const { seal, ...forged } = {
      ...chained({ ...chain[2], sequence: far } as AuditEntry, genesis),
      seal: '',
    };
    const named = examined([...chain, { ...forged, seal }], itemAt(3));
    expect(named.map(({ sequence }) => sequence)).toEqual([4, far]);
  });
});
