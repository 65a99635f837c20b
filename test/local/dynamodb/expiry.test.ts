import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type LocalDynamoDb, launch, removeDataDirs } from './harness.ts';

let local: LocalDynamoDb;
beforeEach(async () => {
  local = await launch();
});
afterEach(() => local.stop());
afterAll(removeDataDirs);

const TableName = 'test-Accounts';
const seconds = (fromNow: number) => Math.floor(local.clock.now() / 1000) + fromNow;
const put = (id: string, expiresAt: unknown) =>
  local.documents.send(new PutCommand({ TableName, Item: { id, expiresAt, owner: 'o', rank: 1 } }));
const exists = async (id: string) =>
  (await local.documents.send(new GetCommand({ TableName, Key: { id } }))).Item !== undefined;

test('a move of the clock deletes what expires in it and nothing else', async () => {
  await put('soon', seconds(3600));
  await put('later', seconds(7200));
  await put('text', String(seconds(3600)));
  await put('never', undefined);
  await local.clock.advance(3_700_000);
  expect(await Promise.all(['soon', 'later', 'text', 'never'].map(exists))).toEqual([
    false,
    true,
    true,
    true,
  ]);
});

test('an expired item can be read until the sweep comes', async () => {
  await put('late', seconds(-10));
  expect(await exists('late')).toBe(true);
  expect(await local.service.sweepExpired()).toBe(1);
  expect(await exists('late')).toBe(false);
  expect(await local.service.sweepExpired()).toBe(0);
});

test('an item whose life is extended while the sweep runs is kept', async () => {
  for (let round = 0; round < 20; round++) {
    await put('raced', seconds(-10));
    const [deleted] = await Promise.all([local.service.sweepExpired(), put('raced', seconds(3600))]);
    expect(await exists('raced')).toBe(true);
    expect(deleted).toBeLessThanOrEqual(1);
  }
});
