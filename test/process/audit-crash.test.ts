import { setTimeout as pause } from 'node:timers/promises';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, expect, test, vi } from 'vitest';
import type { Verification } from '../stack/audit-support.ts';
import { cleanUp, dataFolder, type Stack, startUntilReady } from './npm-start.ts';
import { type Item, itemsOf } from './tables.ts';

/**
 * A fleet that several admins keep busy, in a process that is killed again and again: between a write and its record,
 * a record and its acknowledgement, wherever the moment falls. (Each of these points on purpose, one by one:
 * `test/local/dynamodb/crash.test.ts` and `test/local/streams/crash.test.ts`.)
 */
afterAll(cleanUp);

const kills = 10;
const admins = 4;

/** An act whose answer came. */
interface Acknowledged {
  readonly action: string;
  readonly by: string;
  readonly requestId: string;
  /** What it certainly changed. */
  readonly subject: string;
}

interface Key {
  readonly keyId: string;
  readonly subscriptionId: string;
}

interface Admin {
  /** Acts on the fleet without pause, one act after the other, until the process is gone. */
  work(stack: Stack): Promise<void>;
}

interface Fleet {
  readonly keys: readonly Key[];
  readonly acknowledged: Acknowledged[];
  cutOff: number;
}

test(`after ${kills} kills at random moments, every acknowledged act is on record exactly once, and the record verifies`, async () => {
  const dataDir = dataFolder();
  let stack = await startUntilReady({ dataDir });
  const keys = await Promise.all(
    Array.from({ length: 5 }, (_, n) =>
      stack.manage<Key & Item>('generate-key', {
        tier: 'pro',
        email: `fleet-${n}@example.com`,
        requestedBy: 'the founder',
      }),
    ),
  );
  const fleet: Fleet = { keys, acknowledged: [], cutOff: 0 };
  const staff = Array.from({ length: admins }, (_, n) => startAdmin(fleet, `admin ${n}`, n));
  for (let kill = 1; kill <= kills; kill++) {
    const before = fleet.acknowledged.length;
    const working = Promise.all(staff.map((admin) => admin.work(stack)));
    // Never before something was answered, and then at any moment of an act or of its way to the record.
    // The first time after two answers, so that some act is on record that no kill followed at once.
    const answers = kill === 1 ? 2 : 1;
    await vi.waitFor(() => expect(fleet.acknowledged.length).toBeGreaterThanOrEqual(before + answers), {
      timeout: 30_000,
      interval: 5,
    });
    await pause(Math.random() * 300);
    stack.process.signal('SIGKILL');
    await working;
    expect(await stack.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    stack = await startUntilReady({ dataDir });
  }
  // Otherwise no kill ever fell into an act, and this test says little.
  expect(fleet.cutOff).toBeGreaterThanOrEqual(kills);

  const { items, entries, verification } = await allOnRecord(stack);
  // As many as the revision says, and those that it says: each exactly once.
  for (const [subject, { revision }] of items) {
    const sequences = entries.filter((entry) => entry['subject'] === subject).map(({ sequence }) => sequence);
    expect(sequences.toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: Number(revision) }, (_, index) => index + 1),
    );
  }
  const recorded = Map.groupBy(
    entries,
    ({ requestId, subject, action }) => `${requestId} ${subject} ${action}`,
  );
  expect([...recorded].filter(([, found]) => found.length > 1).map(([what]) => what)).toEqual([]);
  const wrong = fleet.acknowledged.filter(({ requestId, subject, action, by }) => {
    const [entry] = recorded.get(`${requestId} ${subject} ${action}`) ?? [];
    return (entry?.['actor'] as { id?: string } | undefined)?.id !== by;
  });
  expect(wrong).toEqual([]);
  expect(fleet.acknowledged.length).toBeGreaterThan(kills);
  expect(verification).toEqual({ ok: true, subjects: items.size, entries: entries.length, broken: [] });
  await stack.stop();
}, 300_000);

/** Several admins act on the same keys and subscriptions, so that their acts meet. */
function startAdmin(fleet: Fleet, name: string, first: number): Admin {
  let acts = first;

  /** Which act is next, and what it certainly changes; undefined where it may find nothing to change. */
  function nextAct(): { name: string; payload: Record<string, unknown>; subject?: string } {
    acts += 1;
    const key = fleet.keys[acts % fleet.keys.length];
    if (key === undefined) throw new Error('the fleet is empty');
    const { keyId, subscriptionId } = key;
    const turn = acts % 6;
    if (turn === 0) return { name: 'suspend-key', payload: { keyId } };
    if (turn === 1) return { name: 'resume-key', payload: { keyId } };
    if (turn === 2) {
      return {
        name: 'change-tier',
        payload: { subscriptionId, tier: acts % 4 === 0 ? 'free' : 'enterprise' },
      };
    }
    if (turn === 3 && acts % 4 === 3) return { name: 'rotate-pepper', payload: {}, subject: 'platform' };
    return { name: 'rotate-key', payload: { keyId, graceHours: acts % 3 }, subject: keyId };
  }

  return {
    async work(stack) {
      for (;;) {
        const act = nextAct();
        const { functions, lambda } = stack;
        const payload = JSON.stringify({ requestedBy: name, ...act.payload });
        const sent = lambda.send(
          new InvokeCommand({ FunctionName: functions[act.name] ?? act.name, Payload: payload }),
        );
        const answer = await sent.catch(() => undefined);
        if (answer === undefined) {
          fleet.cutOff += 1;
          return;
        }
        // A refusal changes nothing: the key is suspended, or the others were faster.
        const requestId = answer.$metadata.requestId;
        if (answer.FunctionError !== undefined || act.subject === undefined) continue;
        fleet.acknowledged.push({
          action: act.name,
          by: name,
          requestId: requestId ?? 'none',
          subject: act.subject,
        });
      }
    },
  };
}

/** Every key, subscription and the platform, by its id. */
async function recordedItems(stack: Stack): Promise<ReadonlyMap<string, Item>> {
  const [keys, rows] = await Promise.all([itemsOf(stack, 'Keys'), itemsOf(stack, 'Subscriptions')]);
  const subscriptions = rows.filter(({ revision }) => revision !== undefined);
  return new Map([
    ...keys.map((item) => [String(item['keyId']), item] as const),
    ...subscriptions.map((item) => [String(item['subscriptionId']), item] as const),
  ]);
}

/**
 * All items, all entries and what verifying tells, as soon as the streams have brought as many entries as there were
 * changes: owners are mailed all the while, which changes keys too.
 */
async function allOnRecord(stack: Stack) {
  return vi.waitFor(
    async () => {
      const items = await recordedItems(stack);
      const entries = await itemsOf(stack, 'Audit');
      const verification = await stack.manage<Verification>('verify-audit', {});
      const changes = [...items.values()].reduce((sum, { revision }) => sum + Number(revision), 0);
      expect(entries).toHaveLength(changes);
      expect(verification.entries).toBe(changes);
      return { items, entries, verification };
    },
    { timeout: 60_000, interval: 250 },
  );
}
