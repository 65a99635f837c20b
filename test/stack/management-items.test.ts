import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashKey } from '../../functions/keys/rules/key-format.ts';
import {
  clientOptions,
  isoUtc,
  itemsOf,
  keyItem,
  managementOf,
  requestedBy,
  subscriptionItem,
  type TableName,
} from './management-support.ts';
import { startTestStack, type TestStack, undelivered } from './test-stack.ts';

let stack: TestStack;
let management: ReturnType<typeof managementOf>;
beforeAll(async () => {
  stack = await startTestStack();
  management = managementOf(stack);
});
afterAll(() => stack.close());

/** Invokes a function and gives its answer together with the request id that CloudTrail would attest. */
async function invoke(
  name: string,
  payload: object,
): Promise<{ requestId: string; answer: Record<string, string> }> {
  const { Payload, FunctionError, $metadata } = await stack.lambda.send(
    new InvokeCommand({
      FunctionName: stack.functions[name],
      Payload: JSON.stringify(undelivered(name, payload)),
    }),
  );
  expect(FunctionError).toBeUndefined();
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString('utf8')) as Record<string, string>;
  return { requestId: $metadata.requestId ?? '', answer };
}

const secretPart = (apiKey: string) => apiKey.split('_')[2] ?? '';

describe('revision and change of an item', () => {
  test('tell who asked for what, when, why and under which request id, from revision 1 on, one by one', async () => {
    const generated = await invoke('generate-key', {
      tier: 'pro',
      email: 'trail@example.com',
      requestedBy: 'Ada',
    });
    const { keyId = '', subscriptionId = '' } = generated.answer;
    const first = await keyItem(stack, keyId);
    const created = {
      action: 'generate-key',
      actor: { kind: 'admin', id: 'Ada' },
      requestId: generated.requestId,
      at: first.createdAt,
    };
    expect(first).toMatchObject({ revision: 1 });
    expect(first.change).toEqual(created);
    const subscription = await subscriptionItem(stack, subscriptionId);
    expect(subscription).toMatchObject({ revision: 2 });
    expect(subscription.change).toEqual(created);

    const rotated = await invoke('rotate-key', {
      keyId,
      graceHours: 1,
      reason: 'routine',
      requestedBy: 'Grace',
    });
    const second = await keyItem(stack, keyId);
    expect(second).toMatchObject({ revision: 2 });
    expect(second.change).toEqual({
      action: 'rotate-key',
      actor: { kind: 'admin', id: 'Grace' },
      requestId: rotated.requestId,
      at: expect.stringMatching(isoUtc),
      reason: 'routine',
    });
    expect(await subscriptionItem(stack, subscriptionId)).toEqual(subscription);

    const revoked = await invoke('revoke-key', { keyId, reason: 'left', requestedBy: 'Joan' });
    const third = await keyItem(stack, keyId);
    const ended = {
      action: 'revoke-key',
      actor: { kind: 'admin', id: 'Joan' },
      requestId: revoked.requestId,
      at: revoked.answer['revokedAt'],
      reason: 'left',
    };
    expect(third).toMatchObject({ revision: 3 });
    expect(third.change).toEqual(ended);
    expect(await subscriptionItem(stack, subscriptionId)).toMatchObject({
      revision: 3,
      change: ended,
      keyIds: [],
    });
    expect(new Set([generated, rotated, revoked].map(({ requestId }) => requestId)).size).toBe(3);
  });

  test('a new subscription begins at revision 1, and each of its keys adds one', async () => {
    const email = 'steps@example.com';
    const { subscriptionId } = await management.generate({ email });
    expect(await subscriptionItem(stack, subscriptionId)).toMatchObject({ revision: 2 });
    await management.generate({ email });
    expect(await subscriptionItem(stack, subscriptionId)).toMatchObject({ revision: 3 });
  });

  test('a key has one timer, for the notice 7 days before it is due, and none once it is revoked', async () => {
    const { keyId, rotatesAt } = await management.generate({ email: 'timer@example.com' });
    const item = await keyItem(stack, keyId);
    expect(item).toMatchObject({ nextAction: 'notice', rotateAt: rotatesAt });
    expect(Date.parse(rotatesAt) - Date.parse(item.nextActionAt ?? '')).toBe(7 * 86_400_000);
    expect(item.dueShard).toBeGreaterThanOrEqual(0);
    expect(item.dueShard).toBeLessThan(16);
    await management.revoke({ keyId });
    const gone = await keyItem(stack, keyId);
    for (const attribute of ['nextAction', 'nextActionAt', 'dueShard', 'handover'])
      expect(gone).not.toHaveProperty(attribute);
  });

  test('every date in every table is ISO 8601 in UTC', async () => {
    const dates: string[] = [];
    const collect = (value: unknown, name = ''): void => {
      if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value)) collect(inner, key);
      } else if (typeof value === 'string' && /(^at|At)$/.test(name)) dates.push(value);
    };
    for (const table of Object.keys(stack.tables)) collect(await itemsOf(stack, table as TableName));
    expect(dates.length).toBeGreaterThan(10);
    for (const date of dates) expect(date).toMatch(isoUtc);
  });
});

describe('secrets at rest', () => {
  test('no table holds a secret in clear, even while handovers are pending; hashes are keyed by the pepper', async () => {
    const first = await management.generate({ email: 'rest@example.com', idempotencyKey: 'rest 1' });
    const { keyId } = first;
    const second = await management.rotate({ keyId, graceHours: 1, idempotencyKey: 'rest 2' });
    expect(await management.status(second.apiKey)).toBe(200);
    const tables = Object.keys(stack.tables) as TableName[];
    const everything = JSON.stringify(await Promise.all(tables.map((table) => itemsOf(stack, table))));
    expect(everything).toContain(`"keyId":"${keyId}"`);
    expect(everything).toContain('"ciphertext"');
    for (const { apiKey } of [first, second]) {
      expect(everything).not.toContain(secretPart(apiKey));
      expect(everything).not.toContain(secretPart(apiKey).slice(0, 43));
      expect(everything).not.toContain(Buffer.from(apiKey).toString('base64').slice(0, 40));
    }
    expect(everything).not.toContain('rest 1');

    const [pepper] = stack.template.byType('AWS::SecretsManager::Secret');
    const secrets = new SecretsManagerClient(clientOptions(stack));
    const { SecretString = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: pepper?.ref }));
    secrets.destroy();
    const peppers = JSON.parse(SecretString) as Record<string, string>;
    expect(everything).not.toContain(peppers['v1']);
    const item = await keyItem(stack, keyId);
    expect(item.secrets.map(({ hash, pepper: name }) => [name, hash])).toEqual(
      [first, second].map(({ apiKey }) => ['v1', hashKey(apiKey, peppers['v1'] ?? '')]),
    );
  });

  test('the ciphertext of a handover opens with the context of its key and version only', async () => {
    const { keyId, apiKey } = await management.generate({
      email: 'box@example.com',
      idempotencyKey: 'box 1',
    });
    const other = await management.generate({ email: 'box@example.com' });
    const { handover } = await keyItem(stack, keyId);
    const kms = new KMSClient(clientOptions(stack));
    const open = async (EncryptionContext?: Record<string, string>) => {
      const { Plaintext } = await kms.send(
        new DecryptCommand({
          CiphertextBlob: Buffer.from(handover?.ciphertext ?? '', 'base64'),
          ...(EncryptionContext === undefined ? {} : { EncryptionContext }),
        }),
      );
      return Buffer.from(Plaintext ?? []).toString('utf8');
    };
    expect((await open({ keyId, version: '1' })) === apiKey).toBe(true);
    for (const context of [
      undefined,
      {},
      { keyId },
      { version: '1' },
      { keyId, version: '2' },
      { keyId: other.keyId, version: '1' },
      { keyId, version: '1', more: 'x' },
    ]) {
      await expect(open(context)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
    }
    kms.destroy();
  });

  test('without an idempotencyKey nothing is kept that could give the key again', async () => {
    const { keyId } = await management.generate({ email: 'once@example.com' });
    expect(await keyItem(stack, keyId)).not.toHaveProperty('handover');
    await management.rotate({ keyId });
    expect(await keyItem(stack, keyId)).not.toHaveProperty('handover');
    const records = (await itemsOf(stack, 'Subscriptions')).filter((item) => item['keyId'] === keyId);
    expect(records).toEqual([]);
  });

  test('neither logs nor answers but the one hold a whole key or the pepper', async () => {
    const { keyId, apiKey } = await management.generate({
      email: 'logs@example.com',
      idempotencyKey: 'logs 1',
    });
    const rotated = await management.rotate({ keyId, requestedBy });
    await management.get({ apiKey });
    await management.status(apiKey);
    const logs = await stack.logs();
    expect(logs).toContain(keyId);
    for (const key of [apiKey, rotated.apiKey]) expect(logs).not.toContain(secretPart(key).slice(0, 20));
  });
});
