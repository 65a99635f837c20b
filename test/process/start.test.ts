import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { functionEntries } from '../../lib/function-entries.ts';
import {
  cleanUp,
  dataFolder,
  isOpen,
  portOf,
  type Stack,
  startAndEnd,
  startUntilReady,
} from './npm-start.ts';
import { gatewayCounts, itemsOf } from './tables.ts';

/** What `npm start` shows and serves: one process, and others that get in its way. */
let stack: Stack;
beforeAll(async () => {
  stack = await startUntilReady({ dataDir: dataFolder() });
});
afterAll(cleanUp);

const requestedBy = 'a test';

describe('what it prints', () => {
  const hasCurl = spawnSync('curl', ['--version']).status === 0;
  test.skipIf(!hasCurl)(
    `the curl command, pasted as printed, gets a decision${hasCurl ? '' : ' (NO CURL HERE)'}`,
    async () => {
      const command = /^ +curl (?:.*\\\n)*.*$/m.exec(stack.process.stdout())?.[0] ?? '';
      expect(command).toContain(stack.demoKey);
      const answer = await shell(command);
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      expect(answer).toMatch(/^RateLimit: "month";r=9999;t=\d+\r$/im);
      expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({
        amount: 1000,
        risk_level: 'LOW',
        action_required: 'EXECUTE_IMMEDIATELY',
      });
    },
  );

  test('it says where to sign up, and where the API, the AWS endpoint and the data are', () => {
    expect(stack.process.stdout()).toMatch(/\n\n {2}Dashboard +http:\/\/\S+ +sign up here\n/);
    for (const place of [
      stack.dashboardUrl ?? 'nowhere',
      stack.apiUrl,
      stack.awsEndpoint,
      stack.region,
      stack.dataDir,
    ]) {
      expect(stack.process.stdout()).toContain(place);
    }
    expect(stack.demoKey).toMatch(/^user_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    expect(stack.process.stderr()).toBe('');
  });

  test('output that is no terminal holds no escape sequences, whatever the answers', async () => {
    expect([await stack.evaluate('wrong'), await stack.evaluate(stack.demoKey)]).toEqual([401, 200]);
    await expect.poll(() => stack.process.stdout()).toMatch(/POST \/decisions\/evaluate 401/);
    expect(stack.process.stdout()).not.toContain('\u001b');
  });
});

test('stack.json tells addresses, functions and tables by their short names', () => {
  const written: unknown = JSON.parse(readFileSync(join(stack.dataDir, 'stack.json'), 'utf8'));
  expect(written).toEqual({
    dashboardUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    apiUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    awsEndpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    inboxUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    issuerUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    issuerClientId: expect.stringMatching(/^[a-z0-9]{26}$/),
    stripeUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    region: 'us-east-1',
    functions: Object.fromEntries(Object.keys(functionEntries).map((name) => [name, `latchkey-dev-${name}`])),
    tables: {
      Activity: 'latchkey-dev-Activity',
      Alerts: 'latchkey-dev-Alerts',
      Audit: 'latchkey-dev-Audit',
      Keys: 'latchkey-dev-Keys',
      Subscriptions: 'latchkey-dev-Subscriptions',
      Usage: 'latchkey-dev-Usage',
    },
  });
});

test('only its user may read the data folder', () => {
  expect(statSync(stack.dataDir).mode & 0o077).toBe(0);
});

test('it listens on the loopback interface and on no other', async () => {
  const ports = [
    stack.apiUrl,
    stack.awsEndpoint,
    stack.inboxUrl,
    stack.issuerUrl ?? '',
    stack.stripeUrl ?? '',
  ].map(portOf);
  expect(await Promise.all(ports.map((port) => isOpen(port)))).toEqual(ports.map(() => true));
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const others = addresses
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => address);
  // Another address of the loopback network: a server on 0.0.0.0 would answer here, on every machine.
  if (process.platform === 'linux') others.push('127.0.0.2');
  for (const host of others) {
    for (const port of ports) expect(await isOpen(port, host), `${host}:${port}`).toBe(false);
  }
});

describe('another start that cannot be', () => {
  test('a data folder in use: one line, exit 1, and --fresh deletes nothing', async () => {
    const before = readdirSync(stack.dataDir).toSorted();
    const other = await startAndEnd({ dataDir: stack.dataDir, args: ['--fresh'] });
    expect(other).toMatchObject({ code: 1, stderr: expect.stringMatching(/^[^\n]*in use[^\n]*\n$/) });
    expect(other.stderr).toContain(stack.dataDir);
    expect(readdirSync(stack.dataDir).toSorted()).toEqual(before);
    expect(await stack.evaluate(stack.demoKey)).toBe(200);
  });

  test.each([
    ['PORT', () => stack.apiUrl],
    ['AWS_PORT', () => stack.awsEndpoint],
    ['INBOX_PORT', () => stack.inboxUrl],
    ['ISSUER_PORT', () => stack.issuerUrl ?? ''],
    ['STRIPE_PORT', () => stack.stripeUrl ?? ''],
  ])('%s in use: one line that names the port and the variable, exit 1', async (name, url) => {
    const port = portOf(url());
    const { code, stderr } = await startAndEnd({ dataDir: dataFolder(), env: { [name]: String(port) } });
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^Port ${port} .*[ :]${name}=\\d+[^\\n]*\\n$`));
  });
});

test('two stacks run side by side and know nothing of each other', async () => {
  const other = await startUntilReady({ dataDir: dataFolder() });
  expect(await Promise.all([stack.check(stack.demoKey), other.check(other.demoKey)])).toEqual([200, 200]);
  expect(await Promise.all([stack.check(other.demoKey), other.check(stack.demoKey)])).toEqual([401, 401]);
  await other.clock({ advance: 'P1D' });
  expect((await other.clock()).now - (await stack.clock()).now).toBeGreaterThan(86_000_000);
  await other.stop();
  expect(await stack.check(stack.demoKey)).toBe(200);
});

describe('the clock', () => {
  test('a move moves the time of functions, quotas and time to live', async () => {
    const request = {
      tier: 'free',
      email: 'clock@example.com',
      idempotencyKey: 'before the move',
      requestedBy,
    };
    const key = await stack.manage<{ apiKey: string; subscriptionId: string }>('generate-key', request);
    expect(await stack.evaluate(key.apiKey)).toBe(200);
    expect(await remembered()).toBe(1);

    const before = await stack.clock();
    const moved = await stack.clock({ advance: 'P40D' });
    expect(moved).toMatchObject({ status: 200 });
    expect(moved.now - before.now).toBeGreaterThanOrEqual(40 * 86_400_000);
    expect(moved.now - before.now).toBeLessThan(40 * 86_400_000 + 60_000);

    const later = await stack.manage<{ createdAt: string; subscriptionId: string }>('generate-key', {
      ...request,
      idempotencyKey: undefined,
    });
    const after = await stack.clock();
    expect(Date.parse(later.createdAt)).toBeGreaterThanOrEqual(moved.now);
    expect(Date.parse(later.createdAt)).toBeLessThanOrEqual(after.now);
    expect(await remembered()).toBe(0);

    const { subscriptionId } = key;
    const month = new Date(after.now).toISOString().slice(0, 7);
    const usage = () => stack.manage<{ period: string; total: number }>('get-usage', { subscriptionId });
    expect(await usage()).toMatchObject({ period: month, total: 0 });
    expect(await stack.evaluate(key.apiKey)).toBe(200);
    expect(await usage()).toMatchObject({ period: month, total: 1 });
    // The days that the gateway tells of are the moved clock's last ones.
    expect((await gatewayCounts(stack)).get(subscriptionId)).toBe(1);
  });

  test('it can be set, and never goes back', async () => {
    const { now } = await stack.clock();
    const target = now + 3_600_000;
    const set = await stack.clock({ set: new Date(target).toISOString() });
    expect(set.status).toBe(200);
    expect(set.now).toBeGreaterThanOrEqual(target);
    expect((await stack.clock({ set: new Date(now).toISOString() })).status).toBe(409);
    expect((await stack.clock({ advance: '-P1D' })).status).toBe(409);
    expect((await stack.clock()).now).toBeGreaterThanOrEqual(set.now);
  });

  async function remembered(): Promise<number> {
    const items = await itemsOf(stack, 'Subscriptions');
    return items.filter(({ subscriptionId }) => String(subscriptionId).startsWith('idempotency#')).length;
  }
});

/** Standard output of a command line, as a person would paste it. */
function shell(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', reject).on('close', () => resolve(output));
  });
}
