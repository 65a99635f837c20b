import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, expect, test } from 'vitest';
import type { WriteStep } from '../../../local/dynamodb/write-path.ts';
import { launch, newDataDir, removeDataDirs } from './harness.ts';

afterAll(removeDataDirs);

const child = new URL('./crash-child.ts', import.meta.url).pathname;
const lanes = [0, 1, 2];

interface Death {
  readonly step?: WriteStep | 'never';
  readonly count?: number;
  /** Turns of the event loop after the step. */
  readonly turns?: number;
  /** Kill from outside after so many acknowledged transfers. */
  readonly killAfter?: number;
}

/** Runs the child until it is dead. @returns the last transfer of each lane that it was told was done */
async function runUntilKilled(
  dataDir: string,
  { step = 'never', count = 0, turns = 0, killAfter = Number.POSITIVE_INFINITY }: Death,
): Promise<number[]> {
  const args = [child, dataDir, step, count, turns].map(String);
  const running = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(running, 'exit');
  const done = lanes.map(() => 0);
  let acknowledged = 0;
  for await (const line of createInterface({ input: running.stdout })) {
    const [lane, number] = line.split(' ').map(Number);
    if (lane === undefined || number === undefined) continue;
    done[lane] = number;
    acknowledged += 1;
    if (acknowledged === killAfter) running.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  return done;
}

/** What must hold of the data whatever happened. @returns the last transfer of each lane that is in the data */
async function inspect(dataDir: string): Promise<number[]> {
  const local = await launch({ dataDir });
  try {
    const get = async (id: string) =>
      (await local.documents.send(new GetCommand({ TableName: 'test-Accounts', Key: { id } }))).Item;
    const [from, to, ...found] = await Promise.all([
      get('from'),
      get('to'),
      ...lanes.map((lane) => get(`lane${lane}`)),
    ]);
    const numbers = found.map((item) => Number(item?.['number'] ?? 0));
    const transfers = numbers.reduce((sum, number) => sum + number, 0);
    expect(to?.['balance'] ?? 0).toBe(transfers);
    expect(from?.['balance'] ?? 0).toBe(transfers === 0 ? 0 : -transfers);
    const { Items = [] } = await local.documents.send(
      new QueryCommand({
        TableName: 'test-Accounts',
        IndexName: 'byOwner',
        KeyConditionExpression: '#owner = :all',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':all': 'all' },
      }),
    );
    const byId = (a: { id?: string }, b: { id?: string }) => String(a.id).localeCompare(String(b.id));
    expect(Items.toSorted(byId)).toEqual([from, to].filter((item) => item !== undefined));
    return numbers;
  } finally {
    await local.stop();
  }
}

test.each<[step: WriteStep, count: number, written: number]>([
  ['locked', 1, 0],
  ['decided', 30, 29],
  ['committed', 30, 30],
])('killed at "%s" of write %i, the data holds exactly %i whole transfers', async (step, count, written) => {
  const dataDir = newDataDir();
  const acknowledged = await runUntilKilled(dataDir, { step, count });
  const kept = await inspect(dataDir);
  expect(kept.reduce((sum, number) => sum + number, 0)).toBe(written);
  for (const lane of lanes) expect(kept[lane]).toBeGreaterThanOrEqual(acknowledged[lane] ?? 0);
});

test.each([1, 2, 3, 4, 6])(
  'killed %i turns into a commit, the transfer is there as a whole or not at all',
  async (turns) => {
    const dataDir = newDataDir();
    await runUntilKilled(dataDir, { step: 'decided', count: 10, turns });
    const kept = await inspect(dataDir);
    // `inspect` has checked that the items agree; between issuing a commit and its end both outcomes are right.
    expect(kept.reduce((sum, number) => sum + number, 0)).toBeGreaterThanOrEqual(9);
  },
);

test('killed from outside at any moment, no acknowledged transfer is lost and none is half done', async () => {
  for (const killAfter of [17, 71]) {
    const dataDir = newDataDir();
    const acknowledged = await runUntilKilled(dataDir, { killAfter });
    const kept = await inspect(dataDir);
    for (const lane of lanes) {
      // At most the one that was under way is there without having been acknowledged.
      const last = acknowledged[lane] ?? 0;
      expect([last, last + 1]).toContain(kept[lane]);
    }
  }
});
