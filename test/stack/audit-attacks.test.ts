import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordOf } from './audit-support.ts';
import { functionLog } from './request-path-support.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** What somebody may try who can write to the tables, past every function of the product. */
let stack: TestStack;
let record: ReturnType<typeof recordOf>;
beforeAll(async () => {
  stack = await startTestStack();
  record = recordOf(stack);
});
afterAll(() => stack.close());

const requestedBy = 'an admin';

function keyOf(email: string) {
  return stack.manage<{ keyId: string; subscriptionId: string; apiKey: string }>('generate-key', {
    tier: 'pro',
    email,
    requestedBy,
  });
}

async function alarms(subject: string): Promise<string[]> {
  await stack.streams.whenIdle();
  const lines = await functionLog(stack, 'record-audit');
  return lines
    .filter(
      (line) => line['message'] === 'an item was changed past the record' && line['subject'] === subject,
    )
    .map((line) => String(line['why']));
}

test('a key brought back from the dead raises the alarm at each step, and the log keeps the witness', async () => {
  const { keyId } = await keyOf('undead@example.com');
  const alive = await record.item(keyId);
  await stack.manage('revoke-key', { keyId, requestedBy });
  await stack.streams.whenIdle();
  await stack.dynamodb.send(new DeleteCommand({ TableName: stack.tables['Keys'], Key: { keyId } }));
  await stack.streams.whenIdle();
  await record.putItem(keyId, { ...alive, revision: 2 });
  expect(await alarms(keyId)).toEqual(['the item was removed', 'the item appeared at a later revision']);
  const lines = await functionLog(stack, 'record-audit');
  const witnessed = lines.filter((line) => line['message'] === 'recorded' && line['subject'] === keyId);
  expect(witnessed.map((line) => line['action'])).toEqual(['generate-key', 'revoke-key', 'item-removed']);
  expect((await record.verify(keyId)).ok).toBe(false);
});

test('a key whose item and whole record are gone is named by what its subscription tells', async () => {
  const { keyId } = await keyOf('vanished@example.com');
  await stack.streams.whenIdle();
  await stack.dynamodb.send(new DeleteCommand({ TableName: stack.tables['Keys'], Key: { keyId } }));
  await stack.streams.whenIdle();
  await record.remove(keyId, 1, 2);
  const { broken } = await record.verify();
  expect(broken).toContainEqual({
    subject: keyId,
    sequence: 1,
    why: 'the whole record is gone: entries of others tell of it',
  });
});

test('an item without a revision lets nobody in, raises the alarm and is named', async () => {
  const { keyId, apiKey } = await keyOf('smuggled@example.com');
  const { revision: _r, change: _c, ...bare } = await record.item(keyId);
  await record.putItem(keyId, bare);
  expect((await stack.evaluate(apiKey)).status).toBe(503);
  expect(await alarms(keyId)).toEqual(['the item has no revision, or does not tell what was done']);
  const { broken } = await record.verify();
  expect(broken.filter(({ subject }) => subject === keyId)).toEqual([
    { subject: keyId, sequence: 1, why: 'the item has no revision: it was written past the product' },
  ]);
});

test('an item of one table cannot put entries into the chain of another’s', async () => {
  const victim = await keyOf('victim@example.com');
  await stack.manage('rotate-pepper', { requestedBy });
  const platform = await record.item('platform');
  await record.putItem('platform', { ...platform, keyId: victim.keyId, revision: platform.revision + 1 });
  await stack.streams.whenIdle();
  expect((await record.entries(victim.keyId)).map(({ action }) => action)).toEqual(['generate-key']);
  await stack.manage('revoke-key', { keyId: victim.keyId, requestedBy });
  await stack.streams.whenIdle();
  expect((await record.entries(victim.keyId)).map(({ action }) => action)).toEqual([
    'generate-key',
    'revoke-key',
  ]);
});

test('an item that cannot be understood raises the alarm and holds up nobody', async () => {
  const { keyId, subscriptionId } = await keyOf('poison@example.com');
  const item = await record.item(keyId);
  await record.putItem(keyId, { ...item, secrets: [null], revision: item.revision + 1 });
  const other = await keyOf('bystander@example.com');
  await stack.streams.whenIdle();
  const lines = await functionLog(stack, 'record-audit');
  expect(lines.some((line) => line['message'] === 'a change cannot be understood')).toBe(true);
  expect((await record.verify(other.keyId)).ok).toBe(true);
  expect((await record.verify(subscriptionId)).ok).toBe(true);
});

test('what is added to an entry is named, and never told as evidence', async () => {
  const { keyId } = await keyOf('embellished@example.com');
  await stack.streams.whenIdle();
  const [entry] = await record.entries(keyId);
  await stack.dynamodb.send(
    new PutCommand({ TableName: stack.tables['Audit'], Item: { ...entry, approvedBy: 'the board' } }),
  );
  expect((await record.verify(keyId)).broken).toEqual([
    { subject: keyId, sequence: 1, why: 'the entry was edited: it holds what no entry holds' },
  ]);
  const { entries } = await record.query({ keyId });
  expect(JSON.stringify(entries)).not.toContain('the board');
});
