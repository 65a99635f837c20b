import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, vi } from 'vitest';
import type { StackDescription } from '../../local/start-stack.ts';
import { manage } from '../stack/test-stack.ts';

/** The project's root, where `npm start` runs. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface StartOptions {
  readonly dataDir: string;
  /** Options of the command line, such as `--fresh`. */
  readonly args?: readonly string[];
  /** Variables beside, or instead of, `DASHBOARD_PORT=0`, `PORT=0`, `AWS_PORT=0`, `INBOX_PORT=0`, `ISSUER_PORT=0`, `STRIPE_PORT=0` and the data folder. */
  readonly env?: Readonly<Record<string, string>>;
  /** Start `npm start` itself, in a process group of its own, rather than the command that it stands for. */
  readonly throughNpm?: boolean;
}

/** A process of `npm start`. */
export interface StartProcess {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
  /** As the terminal does on Ctrl-C: to every process of the group. Only for a process through npm. */
  signalGroup(name: NodeJS.Signals): void;
  /** Resolves when the process has ended and all of its output has been read. */
  ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

const processes: ChildProcess[] = [];
const folders: string[] = [];

/** A folder that does not exist yet, below one that `cleanUp` removes. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-process-'));
  folders.push(folder);
  return join(folder, 'data');
}

/** For `afterAll`: ends what a failed test has left running, and removes the folders. */
export async function cleanUp(): Promise<void> {
  for (const child of processes.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

function start({ dataDir, args = [], env = {}, throughNpm = false }: StartOptions): StartProcess {
  // What the machine that runs the tests has set must not decide what they see.
  const { NO_COLOR: _n, FORCE_COLOR: _f, NODE_OPTIONS: _o, ...inherited } = process.env;
  const [command, parameters] = throughNpm
    ? ['npm', ['start', '--silent', '--', ...args]]
    : [process.execPath, ['--disable-warning=ExperimentalWarning', 'local/main.ts', ...args]];
  const child = spawn(command, parameters, {
    cwd: root,
    env: {
      ...inherited,
      DASHBOARD_PORT: '0',
      PORT: '0',
      AWS_PORT: '0',
      INBOX_PORT: '0',
      ISSUER_PORT: '0',
      STRIPE_PORT: '0',
      LATCHKEY_DATA_DIR: dataDir,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: throughNpm,
  });
  processes.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const closed = new Promise<Awaited<ReturnType<StartProcess['ended']>>>((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => resolve({ code, signal }));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} did not start`);
  return {
    pid,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    signal: (name) => void child.kill(name),
    signalGroup: (name) => void process.kill(-pid, name),
    ended: () => closed,
  };
}

/** What a running stack is called by: what it printed and wrote down, and the unmodified AWS SDK. */
export interface Stack extends StackDescription {
  readonly process: StartProcess;
  readonly dataDir: string;
  readonly demoKey: string;
  readonly lambda: LambdaClient;
  readonly dynamodb: DynamoDBDocumentClient;
  /** Endpoint, Region and credentials for further clients of the SDK. */
  readonly aws: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
  };
  /** Invokes a management function once, without the SDK's own retries. */
  manage<Answer = Record<string, unknown>>(functionName: string, payload: object): Promise<Answer>;
  evaluate(apiKey: string): Promise<number>;
  /** Status of `GET /usage`, which checks a key and meters nothing. */
  check(apiKey: string): Promise<number>;
  clock(move?: object): Promise<{ status: number; now: number }>;
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts the stack and waits until it says that it is ready. */
export async function startUntilReady(options: StartOptions): Promise<Stack> {
  const child = start(options);
  await untilReady(child);
  const { dataDir } = options;
  const description = JSON.parse(readFileSync(join(dataDir, 'stack.json'), 'utf8')) as StackDescription;
  const { apiUrl, awsEndpoint, region, functions } = description;
  const aws = {
    endpoint: awsEndpoint,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
  const lambda = new LambdaClient(aws);
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(aws));
  const status = async (path: string, init: RequestInit & { headers: Record<string, string> }) => {
    const response = await fetch(apiUrl + path, init);
    await response.arrayBuffer();
    return response.status;
  };
  return {
    ...description,
    process: child,
    dataDir,
    demoKey: /Demo key +(\S+)/.exec(child.stdout())?.[1] ?? '',
    aws,
    lambda,
    dynamodb,
    manage: (name, payload) => manage(lambda, functions[name] ?? name, payload),
    evaluate: (apiKey) =>
      status('/decisions/evaluate', {
        method: 'POST',
        headers: { 'X-API-Key': apiKey, 'Content-Type': 'application/json' },
        body: '{"category":"FINANCIAL","amount":1000}',
      }),
    check: (apiKey) => status('/usage', { headers: { 'X-API-Key': apiKey } }),
    clock: async (move) => {
      const init = move === undefined ? {} : { method: 'POST', body: JSON.stringify(move) };
      const response = await fetch(`${apiUrl}/_local/clock`, init);
      const body = (await response.json()) as { now?: string };
      return { status: response.status, now: Date.parse(body.now ?? '') };
    },
    stop: async (signal = 'SIGTERM') => {
      child.signal(signal);
      const ended = await child.ended();
      lambda.destroy();
      dynamodb.destroy();
      return ended;
    },
  };
}

/** Waits for the last line of the announcement; a process that ends before that fails with what it said. */
async function untilReady(child: StartProcess): Promise<void> {
  const early = child.ended().then(({ code, signal }) => {
    throw new Error(`it ended with ${signal ?? code} before it was ready: ${child.stderr()}`);
  });
  const ready = vi.waitFor(() => expect(child.stdout()).toContain('Ctrl-C stops it'), {
    timeout: 60_000,
    interval: 50,
  });
  await Promise.race([ready, early]);
}

/** Runs to the end, for starts that are refused. */
export async function startAndEnd(options: StartOptions) {
  const child = start(options);
  const { code } = await child.ended();
  return { code, stdout: child.stdout(), stderr: child.stderr() };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server.address());
  server.close();
  await once(server, 'close');
  return port;
}

export function portOf(address: string | { port: number } | null): number {
  if (typeof address === 'object' && address !== null) return address.port;
  return Number(new URL(address ?? '').port);
}

/** Whether something accepts connections there. */
export function isOpen(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
