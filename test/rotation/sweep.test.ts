import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyItem } from '../../functions/keys/index.ts';
import { newKey } from '../../functions/keys/rules/lifecycle.ts';
import { createKeyStore } from '../../functions/keys/stores/key-store.ts';
import { createDueStore } from '../../functions/rotation/stores/due-store.ts';
import { sweep } from '../../functions/rotation/sweep.ts';
import { peppers, policy } from '../delivery/year/functions.ts';
import { MemoryTables, type Reach } from '../delivery/year/memory-tables.ts';
import { simulated } from '../delivery/year/simulated.ts';

simulated();

const day = 24 * 3_600_000;
const start = Date.parse('2026-11-23T10:20:30.400Z');
const actor = { kind: 'system', id: 'rotate-keys' } as const;
const always = () => true;
let tables: MemoryTables;

beforeEach(() => {
  tables = new MemoryTables();
});

/** Keys whose ids say their number; all are made at the same moment. */
function plant(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const keyId = `key${String(index).padStart(9, '0')}`;
    const key = newKey(
      {
        keyId,
        subscriptionId: 'sub_abcdefghijklmnopqrst',
        name: 'default',
        prefix: 'user',
        tier: 'pro',
        usageKey: 'opaque',
        secret: { hash: '1'.repeat(64), pepper: 'v1' },
      },
      { action: 'generate-key', actor, requestId: 'a request', at: new Date(start).toISOString() },
      policy,
    );
    tables.plant('keys', { ...key });
    return keyId;
  });
}

function sweepAt(days: number, { hasTime = always, reach }: { hasTime?: () => boolean; reach?: Reach } = {}) {
  const client = tables.client(reach);
  return sweep({ actor, requestId: `sweep on day ${days}`, now: new Date(start + days * day) }, hasTime, {
    client,
    keys: createKeyStore(client, 'keys'),
    dueKeys: createDueStore(client, 'keys'),
    peppers,
    policy,
    handovers: {
      seal: () => Promise.resolve('sealed'),
      open: () => Promise.reject(new Error('nobody reads')),
    },
  });
}

const actionOf = (keyId: string) => (tables.item('keys', { keyId }) as unknown as KeyItem).change.action;

describe('what a sweep costs', () => {
  it('with nothing due: exactly one query for each of the 16 partitions, and nothing else', async () => {
    plant(50);
    const report = await sweepAt(82.9);
    expect([tables.queries, tables.gets, tables.puts]).toEqual([16, 0, 0]);
    expect(report).toMatchObject({ due: 0, failed: 0, oldestLagSeconds: 0, stoppedEarly: false });
  });

  it('one read for each key that is due, and one write for each step', async () => {
    plant(20);
    const { steps } = await sweepAt(83);
    expect(steps).toMatchObject({ notice: 20, rotate: 0 });
    expect([tables.queries, tables.gets, tables.puts]).toEqual([16, 20, 20]);
  });

  it('the second of two sweeps, one after the other, is as cheap as one with nothing due', async () => {
    plant(20);
    await sweepAt(83);
    const { gets, puts, queries } = tables;
    await sweepAt(83);
    expect([tables.queries - queries, tables.gets - gets, tables.puts - puts]).toEqual([16, 0, 0]);
  });

  it('two at once write each step once', async () => {
    plant(20);
    const reports = await Promise.all([sweepAt(83), sweepAt(83)]);
    expect(tables.puts).toBe(20);
    expect(reports.reduce((sum, { steps }) => sum + steps.notice, 0)).toBe(20);
    expect(reports.map(({ failed }) => failed)).toEqual([0, 0]);
  });

  it('a shard with more than a page of keys is walked to its end', async () => {
    const ids = plant(2_000);
    const { due, steps } = await sweepAt(83);
    expect([due, steps.notice]).toEqual([2_000, 2_000]);
    expect(new Set(ids.map(actionOf))).toEqual(new Set(['notice-rotation']));
  });
});

describe('a sweep whose time runs out', () => {
  it('stops, says so, and the next one goes on with what is left', async () => {
    const ids = plant(300);
    let batches = 0;
    const first = await sweepAt(83, { hasTime: () => batches++ < 5 });
    expect(first.stoppedEarly).toBe(true);
    expect(first.due).toBeLessThanOrEqual(5 * 16);
    expect(first.steps.notice).toBe(first.due);
    const second = await sweepAt(83);
    expect(second).toMatchObject({ stoppedEarly: false, due: 300 - first.due });
    expect(new Set(ids.map(actionOf))).toEqual(new Set(['notice-rotation']));
  });

  it('begins nothing where there is none at all', async () => {
    plant(10);
    expect(await sweepAt(83, { hasTime: () => false })).toMatchObject({ due: 0, stoppedEarly: true });
    expect(tables.puts).toBe(0);
  });
});

describe('a key that cannot be dealt with', () => {
  it('is counted, stays due, and stops none of the others', async () => {
    const [poisoned = '', ...others] = plant(40);
    const item = tables.item('keys', { keyId: poisoned });
    tables.plant('keys', { ...item, secrets: 'no list' });
    const report = await sweepAt(83);
    expect(report).toMatchObject({ due: 40, failed: 1, steps: { notice: 39 } });
    expect(new Set(others.map(actionOf))).toEqual(new Set(['notice-rotation']));
    expect((await sweepAt(84)).failed).toBe(1);
  });

  it('because its tier is unknown in this stage, is left as it is', async () => {
    const [keyId = ''] = plant(1);
    await sweepAt(83);
    tables.plant('keys', { ...tables.item('keys', { keyId }), tier: 'no such tier' });
    expect(await sweepAt(90)).toMatchObject({ due: 1, failed: 1, steps: { rotate: 0 } });
    expect(actionOf(keyId)).toBe('notice-rotation');
  });

  it('because its write failed, is dealt with by the next sweep', async () => {
    const ids = plant(10);
    let calls = 0;
    const reach: Reach = async (command) => {
      if (++calls % 5 === 0) throw new Error('the table does not answer');
      return command();
    };
    let report = await sweepAt(83, { reach }).catch(() => undefined);
    for (let again = 0; again < 20 && report?.due !== 0; again++) {
      report = await sweepAt(83, { reach }).catch(() => undefined);
    }
    await sweepAt(83);
    expect(new Set(ids.map(actionOf))).toEqual(new Set(['notice-rotation']));
    expect(tables.puts).toBe(10);
  });
});

describe('what a sweep reports', () => {
  it('the steps by kind, and by how much the most overdue was late', async () => {
    plant(3);
    await sweepAt(83);
    const rotated = await sweepAt(90 + 1 / 24);
    expect(rotated).toMatchObject({ due: 3, steps: { notice: 0, rotate: 3 }, failed: 0 });
    expect(rotated.oldestLagSeconds).toBe(3_600);
  });

  it('after a time without sweeps: keys are noticed first, and rotate seven days later', async () => {
    const [keyId = ''] = plant(1);
    expect((await sweepAt(120)).steps).toMatchObject({ notice: 1, rotate: 0 });
    expect((await sweepAt(126.9)).steps).toMatchObject({ notice: 0, rotate: 0 });
    expect((await sweepAt(127)).steps).toMatchObject({ rotate: 1 });
    expect(actionOf(keyId)).toBe('rotate-key');
  });

  it('all that fell due for one key in a time without sweeps is done by one sweep, in the order of its times', async () => {
    const [keyId = ''] = plant(1);
    await sweepAt(83);
    await sweepAt(90);
    const { steps } = await sweepAt(90 + 30);
    expect(steps).toMatchObject({ remind: 1, retire: 1, redeliver: 1, 'expire-handover': 1 });
    const key = tables.item('keys', { keyId }) as unknown as KeyItem;
    expect(key.secrets.map(({ version }) => version)).toEqual([2]);
    expect(key.handover?.ciphertext).toBeUndefined();
  });
});
