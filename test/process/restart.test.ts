import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadTemplate } from '../../local/template/load-template.ts';
import { resolveTemplate } from '../../local/template/resolve.ts';
import { cleanUp, dataFolder, type Stack, startUntilReady } from './npm-start.ts';
import { gatewayCounts, itemsOf } from './tables.ts';

/** What outlives a process: one data folder, stopped and started again, then begun anew with `--fresh`. */
interface Seen {
  readonly demoKey: string;
  readonly clock: number;
  readonly pepper: string;
  readonly usage: object;
  readonly gatewayCount: number | undefined;
}

const requestedBy = 'a test';
const dataDir = dataFolder();
let stack: Stack;
let key: { apiKey: string; keyId: string; subscriptionId: string };
let before: Seen;
let realTime: number;
beforeAll(async () => {
  realTime = Date.now();
  stack = await startUntilReady({ dataDir });
  await stack.clock({ advance: 'P12D' });
  key = await stack.manage('generate-key', { tier: 'pro', email: 'ada@example.com', requestedBy });
  for (let n = 0; n < 3; n++) expect(await stack.evaluate(key.apiKey)).toBe(200);
  before = await look();
  await stack.stop();
  stack = await startUntilReady({ dataDir });
});
afterAll(cleanUp);

test('the demo key stays the same and works', async () => {
  expect(stack.demoKey === before.demoKey).toBe(true);
  expect(await stack.check(stack.demoKey)).toBe(200);
});

test('the moved clock goes on from where it stood', async () => {
  const { clock } = await look();
  expect(clock).toBeGreaterThan(before.clock);
  expect(clock - before.clock).toBeLessThan(60_000);
});

test('the pepper is the same', async () => {
  expect((await look()).pepper).toBe(before.pepper);
});

test('a key of before works, and the counts of meter and gateway go on', async () => {
  const { usage, gatewayCount } = await look();
  expect({ usage, gatewayCount }).toEqual({ usage: before.usage, gatewayCount: 3 });
  expect(await stack.evaluate(key.apiKey)).toBe(200);
  const after = await look();
  expect(after.usage).toMatchObject({ total: 4, keys: { [key.keyId]: 4 } });
  expect(after.gatewayCount).toBe(4);
});

test('--fresh begins anew: other keys, another pepper, no data, the clock of today', async () => {
  await stack.stop();
  stack = await startUntilReady({ dataDir, args: ['--fresh'] });
  expect(await Promise.all([stack.check(before.demoKey), stack.check(key.apiKey)])).toEqual([401, 401]);
  expect(await stack.evaluate(stack.demoKey)).toBe(200);
  expect((await itemsOf(stack, 'Keys')).map(({ name }) => name)).toEqual(['demo']);
  expect(await pepper()).not.toBe(before.pepper);
  expect((await stack.clock()).now - realTime).toBeLessThan(600_000);
});

async function look(): Promise<Seen> {
  const { subscriptionId } = key;
  return {
    demoKey: stack.demoKey,
    clock: (await stack.clock()).now,
    pepper: await pepper(),
    usage: await stack.manage('get-usage', { subscriptionId }),
    gatewayCount: (await gatewayCounts(stack)).get(subscriptionId),
  };
}

async function pepperArn(): Promise<string> {
  const { stackName, template } = await loadTemplate(join(dataDir, 'cdk.out'));
  const environment = { region: stack.region, accountId: '000000000000', stackName, dataDir };
  return resolveTemplate(template, environment).byType('AWS::SecretsManager::Secret')[0]?.ref ?? '';
}

/** A hash of it, so that a failure does not print it. */
async function pepper(): Promise<string> {
  const client = new SecretsManagerClient(stack.aws);
  try {
    const command = new GetSecretValueCommand({ SecretId: await pepperArn() });
    const { SecretString = '' } = await client.send(command);
    expect(SecretString.length).toBeGreaterThan(64);
    return createHash('sha256').update(SecretString).digest('hex');
  } finally {
    client.destroy();
  }
}
