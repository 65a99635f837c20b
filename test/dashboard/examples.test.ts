import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleFor } from '../../dashboard/src/rules/example.ts';
import { makeKey, setUsed, usageItem } from '../stack/request-path-support.ts';
import { startTestStack, type TestStack } from '../stack/test-stack.ts';

/** The programs of the integration guide, as it prints them, against a running stack. */

const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const hasPython = has('python3', '--version');

interface Example {
  readonly file: string;
  readonly program: string;
  readonly isInstalled: boolean;
  /** Whether its output is the whole answer, or two lines about it. */
  readonly printsAnswer?: boolean;
}

const examples: readonly Example[] = [
  { file: 'decision.mjs', program: process.execPath, isInstalled: true },
  { file: 'decision.sh', program: 'sh', isInstalled: has('curl', '--version'), printsAnswer: true },
  { file: 'decision.py', program: 'python3', isInstalled: hasPython },
  {
    file: 'decision_requests.py',
    program: 'python3',
    isInstalled: hasPython && has('python3', '-c', 'import requests'),
  },
];

/** A rate of one request in half an hour: whoever has used it up is refused for as long as the tests last. */
const rates = { ratePerSecond: 0.0005, burst: 1 };

let stack: TestStack;
let folder: string;
beforeAll(async () => {
  stack = await startTestStack({ overrides: { tiers: { free: rates } } });
  folder = await mkdtemp(join(tmpdir(), 'latchkey-examples-'));
});
afterAll(async () => {
  await stack.close();
  await rm(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

async function run(example: Example, apiKey: string | undefined, apiUrl = stack.apiUrl): Promise<Outcome> {
  const code = await readFile(join(import.meta.dirname, '../../dashboard/examples', example.file), 'utf8');
  const path = join(folder, example.file);
  await writeFile(path, exampleFor(apiUrl, code));
  await chmod(path, 0o700);
  const { DECISION_API_KEY: _, ...inherited } = process.env;
  const env = { ...inherited, ...(apiKey === undefined ? {} : { DECISION_API_KEY: apiKey }) };
  const since = performance.now();
  return new Promise((resolve) => {
    const child = execFile(example.program, [path], { env, timeout: 50_000 }, (_error, out, err) => {
      resolve({ status: child.exitCode ?? -1, out, err, seconds: (performance.now() - since) / 1000 });
    });
  });
}

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** In front of the stack: refuses the first requests as the stack itself refused one, and hands on all others. */
async function startFront(refusals: Refusal[]): Promise<{ url: string; seen: string[]; close(): void }> {
  const seen: string[] = [];
  const send = (response: ServerResponse, { status, headers, text }: Refusal) =>
    response.writeHead(status, headers).end(text);
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    seen.push(`${request.method} ${request.url}`);
    const refusal = refusals.shift();
    if (refusal !== undefined) return send(response, refusal);
    const { 'x-api-key': key = '', 'content-type': type = '' } = request.headers;
    const headers = { 'X-API-Key': String(key), 'Content-Type': type };
    const answer = await stack.request('POST', request.url ?? '', headers, body.toString('utf8'));
    return send(response, { ...answer, headers: Object.fromEntries(answer.headers) });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, seen, close: () => server.close() };
}

/** What the gateway answers to whoever comes too fast. */
async function tooFast(apiKey: string): Promise<Refusal> {
  const { status, headers, text } = await stack.evaluate(apiKey);
  expect(status).toBe(429);
  const kept = ['content-type', 'retry-after', 'x-amzn-requestid'];
  return {
    status,
    text,
    headers: Object.fromEntries(kept.map((name) => [name, headers.get(name) ?? ''])),
  };
}

test.each(examples)('$file is a whole program', async ({ file }) => {
  const path = join(import.meta.dirname, '../../dashboard/examples', file);
  if (file.endsWith('.py')) {
    if (hasPython) {
      const check = 'import ast, sys; ast.parse(open(sys.argv[1]).read())';
      expect(spawnSync('python3', ['-c', check, path], { encoding: 'utf8' }).stderr).toBe('');
    }
  } else {
    const [program, option] = file.endsWith('.sh') ? ['sh', '-n'] : [process.execPath, '--check'];
    expect(spawnSync(program, [option, path], { encoding: 'utf8' }).stderr).toBe('');
  }
  const code = await readFile(path, 'utf8');
  // One address, in one place, and no key: that comes from the environment.
  expect(code.match(/https?:\/\/[^\s'"]+/g)).toEqual(['https://api.example.com/decisions/evaluate']);
  expect(code).toContain('DECISION_API_KEY');
  // It fits into the guide, on a laptop, without being scrolled sideways.
  expect(Math.max(...code.split('\n').map((line) => line.length))).toBeLessThanOrEqual(84);
});

describe.each(examples)('$file, as the guide prints it', (example) => {
  const testIf = test.skipIf(!example.isInstalled);

  testIf('asks for a decision and tells it, and what is left of the month', async () => {
    const key = await makeKey(stack);
    const { status, out, err } = await run(example, key.apiKey);
    expect({ status, err: example.printsAnswer === true ? '' : err }).toEqual({ status: 0, err: '' });
    if (example.printsAnswer === true) {
      expect(JSON.parse(out)).toMatchObject({
        risk_level: 'LOW',
        action_required: 'EXECUTE_IMMEDIATELY',
        amount: 1000,
        description: 'Renew the design tool',
      });
    } else {
      expect(out).toContain('LOW EXECUTE_IMMEDIATELY\n');
    }
    expect(out + err).toMatch(/RateLimit: "month";r=9999;t=\d+/);
    expect(out + err).not.toContain(key.apiKey);
    expect(await usageItem(stack, key.subscriptionId)).toMatchObject({ total: 1 });
  });

  testIf('says that the environment variable is missing, and asks nothing', async () => {
    const { status, out, err } = await run(example, undefined, 'http://127.0.0.1:9');
    expect(status).not.toBe(0);
    expect(out).toBe('');
    expect(err).toMatch(/DECISION_API_KEY/);
    expect(err).toMatch(/set (this|the) environment variable/i);
  });

  testIf('says of a key that is refused (401) what it may be, and the id for support', async () => {
    const { apiKey, keyId } = await makeKey(stack);
    await stack.manage('revoke-key', { keyId, requestedBy: 'an admin' });
    const { status, out, err } = await run(example, apiKey);
    expect([status, out]).toEqual([1, '']);
    expect(err).toMatch(/No decision[\s\S]*API key or sign-in missing or not valid/);
    expect(err).toContain('was rotated, suspended or revoked');
    expect(err).toMatch(/request ?id"?: ?"?[0-9a-f-]{36}/i);
    expect(err).not.toContain(apiKey);
  });

  testIf('does not wait for the end of the month when the requests are used up (429)', async () => {
    const key = await makeKey(stack);
    await setUsed(stack, key.subscriptionId, 10_000);
    const { status, out, err } = await run(example, key.apiKey);
    expect([status, out]).toEqual([1, '']);
    expect(err).toMatch(/No decision[\s\S]*The month's requests are used up/);
  });

  testIf('waits as it is told when it comes too fast (429), and then has its decision', async () => {
    const fast = await makeKey(stack, 'free');
    await stack.evaluate(fast.apiKey);
    const front = await startFront([await tooFast(fast.apiKey)]);
    const key = await makeKey(stack);
    const { status, out, err, seconds } = await run(example, key.apiKey, front.url);
    front.close();
    expect(status, err).toBe(0);
    expect(out).toContain('EXECUTE_IMMEDIATELY');
    expect(front.seen).toEqual(Array(2).fill('POST /decisions/evaluate'));
    expect(seconds).toBeGreaterThanOrEqual(1);
  });

  testIf('gives up in plain words when it is still too fast, or unavailable, after one wait', async () => {
    const { apiKey } = await makeKey(stack, 'free');
    await stack.evaluate(apiKey);
    const refused = await run(example, apiKey);
    expect([refused.status, refused.out]).toEqual([1, '']);
    expect(refused.err).toMatch(/No decision[\s\S]*Too many requests at once/);

    const refusal = { ...(await tooFast(apiKey)), status: 503, text: unavailable };
    const front = await startFront([refusal, refusal]);
    const failed = await run(example, apiKey, front.url);
    front.close();
    expect([failed.status, failed.out, front.seen.length]).toEqual([1, '', 2]);
    expect(failed.err).toMatch(/No decision[\s\S]*Temporarily unavailable/);
  });
});

const unavailable = JSON.stringify({
  title: 'Temporarily unavailable',
  detail: 'A part that the answer depends on did not respond.',
});
