import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import type { WriteStep } from '../../../local/dynamodb/write-path.ts';
import type { LambdaRecord } from '../../../local/streams/lambda-record.ts';
import type { LaneStep } from '../../../local/streams/lane.ts';
import { call } from '../dynamodb/harness.ts';
import { crashResources } from './crash-resources.ts';
import { batches, launch, nameOf, newDataDir, removeDataDirs } from './support.ts';

afterAll(removeDataDirs);

const child = new URL('./crash-child.ts', import.meta.url).pathname;

interface Death {
  readonly side?: 'write' | 'batch' | 'never';
  readonly step?: WriteStep | LaneStep | '';
  readonly count?: number;
  /** Turns of the event loop after the step. */
  readonly turns?: number;
  /** Kill from outside after so many acknowledged writes. */
  readonly killAfter?: number;
  /** Number of the first write of each lane. */
  readonly first?: number;
}

/** Runs the child until it is dead. @returns the acknowledged writes: `all0-1`, … */
async function runUntilKilled(
  dataDir: string,
  { side = 'never', step = '', count = 0, turns = 0, killAfter = Number.POSITIVE_INFINITY, first = 1 }: Death,
): Promise<string[]> {
  const args = [child, dataDir, side, step, count, turns, first].map(String);
  const running = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(running, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: running.stdout })) {
    const [lane, number] = line.split(' ');
    acknowledged.push(`all${lane}-${number}`);
    if (acknowledged.length === killAfter) running.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  return acknowledged;
}

const sequenceOf = ({ dynamodb }: LambdaRecord) => String(dynamodb['SequenceNumber']);

/** Starts again where the killed process ended, and checks what must hold whatever happened. */
async function settle(dataDir: string, acknowledged: readonly string[]): Promise<LambdaRecord[]> {
  const local = await launch({ resources: crashResources, dataDir });
  await local.streams.whenIdle(20_000);
  const { Items } = await call(local.service, 'Scan', { TableName: 'Things' });
  await local.stop();

  const items = Items as { id: { S: string }; part: { N: string }; number: { N: string } }[];
  const written = items.filter(({ id }) => id.S.startsWith('all')).map(({ id, part }) => id.S + part.N);
  expect(written).toEqual(expect.arrayContaining([...acknowledged]));

  const seen = batches(dataDir).flat();
  const once = [...new Map(seen.map((record) => [sequenceOf(record), record])).values()];
  expect(new Set(seen.map((record) => JSON.stringify(record))).size).toBe(once.length);
  // Two keys for each write: as many records, no fewer and no more.
  expect(
    once
      .map(nameOf)
      .filter((name) => name.startsWith('all'))
      .toSorted(),
  ).toEqual(written.toSorted());
  expect(once).toHaveLength(2 * written.length);
  for (const lane of [0, 1, 2]) {
    const numbers = once
      .filter((record) => nameOf(record) === `last${lane}-0`)
      .map(({ dynamodb }) => Number((dynamodb['NewImage'] as { number: { N: string } }).number.N));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  }
  return seen;
}

test.each<[step: WriteStep, turns: number]>([
  ['locked', 0],
  ['decided', 0],
  ['decided', 1],
  ['decided', 2],
  ['decided', 4],
  ['committed', 0],
  ['committed', 1],
])('killed at "%s" of a write and %i turns, nothing is lost and nothing invented', async (step, turns) => {
  const dataDir = newDataDir();
  const acknowledged = await runUntilKilled(dataDir, { side: 'write', step, turns, count: 25 });
  await settle(dataDir, acknowledged);
});

test('killed before an invocation, its records come after the restart, and none twice', async () => {
  const dataDir = newDataDir();
  const acknowledged = await runUntilKilled(dataDir, { side: 'batch', step: 'taken', count: 4 });
  expect(batches(dataDir)).toHaveLength(3);
  const seen = (await settle(dataDir, acknowledged)).map(sequenceOf);
  expect(seen).toEqual([...new Set(seen)]);
});

test('killed between an invocation and its checkpoint, the batch comes again, and no other', async () => {
  const dataDir = newDataDir();
  const acknowledged = await runUntilKilled(dataDir, { side: 'batch', step: 'invoked', count: 4 });
  const last = batches(dataDir).at(-1)?.map(sequenceOf) ?? [];
  expect(last.length).toBeGreaterThan(0);
  const seen = (await settle(dataDir, acknowledged)).map(sequenceOf);
  expect(seen.filter((sequence, index) => seen.indexOf(sequence) !== index)).toEqual(last);
});

test('killed after a checkpoint, nothing comes again', async () => {
  const dataDir = newDataDir();
  const acknowledged = await runUntilKilled(dataDir, { side: 'batch', step: 'checkpointed', count: 4 });
  const seen = (await settle(dataDir, acknowledged)).map(sequenceOf);
  expect(seen).toEqual([...new Set(seen)]);
});

test('killed from outside, again and again, nothing is lost and nothing invented', async () => {
  const dataDir = newDataDir();
  const acknowledged: string[] = [];
  for (const [life, killAfter] of [37, 8, 61].entries()) {
    acknowledged.push(...(await runUntilKilled(dataDir, { killAfter, first: 1 + 1000 * life })));
  }
  await settle(dataDir, acknowledged);
});
