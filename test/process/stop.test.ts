import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { cleanUp, dataFolder, isOpen, portOf, type Stack, startUntilReady } from './npm-start.ts';
import { itemsOf } from './tables.ts';

/** Stopping with Ctrl-C or by a supervisor: nothing that has begun is cut off, and nothing stays behind. */
afterAll(cleanUp);

test('SIGINT and SIGTERM answer what is under way, free the ports and end with 0: no act is done without its answer', async () => {
  const dataDir = dataFolder();
  const stack = await startUntilReady({ dataDir });
  const generate = (email: string) =>
    stack.manage<Key>('generate-key', { tier: 'pro', email, requestedBy: 'a test' });
  const rotated = await Promise.all(people('rotated', 8).map(generate));
  const revoked = await Promise.all(people('revoked', 8).map(generate));

  const underWay = await beginRequest(stack);
  // Several functions, each with a queue: some acts run at any moment until all are done.
  const generating = people('new', 60).map(generate);
  const others = [
    ...rotated.map(({ keyId }) => ({
      keyId,
      act: stack.manage('rotate-key', { keyId, requestedBy: 'a test' }),
    })),
    ...revoked.map(({ keyId }) => ({
      keyId,
      act: stack.manage('revoke-key', { keyId, requestedBy: 'a test' }),
    })),
  ];
  const outcomes = Promise.allSettled([...others.map(({ act }) => act), ...generating]);
  await Promise.any([...others.map(({ act }) => act), ...generating]);
  await stopDuring(underWay, stack, 'SIGINT');
  // Otherwise the signal came too late, and this test would say nothing.
  expect((await outcomes).some(({ status }) => status === 'rejected')).toBe(true);
  const expected = new Map<string, number>();
  for (const { value } of await fulfilled(generating)) expected.set(value.keyId, 1);
  const done = await fulfilled(others.map(({ keyId, act }) => act.then(() => ({ keyId }))));
  for (const { keyId } of others) expected.set(keyId, 1);
  for (const { value } of done) expected.set(value.keyId, 2);

  const again = await startUntilReady({ dataDir });
  const keys = (await itemsOf(again, 'Keys')).filter(({ name }) => name !== 'demo');
  const revisions = keys.map(({ keyId, revision }) => [keyId, revision]);
  expect(revisions.toSorted()).toEqual([...expected].toSorted());
  await stopDuring(await beginRequest(again), again, 'SIGTERM');
});

test('Ctrl-C on `npm start` stops as cleanly where npm hands the signal on a second time', async () => {
  const stack = await startUntilReady({ dataDir: dataFolder(), throughNpm: true });
  const underWay = await beginRequest(stack);
  stack.process.signalGroup('SIGINT');
  // npm hands it to its child, which has had it from the terminal; where the shell between them stays, that is not us.
  await expect.poll(() => stack.process.stdout(), { interval: 5 }).toContain('Stopping');
  stack.process.signalGroup('SIGINT');
  await expect.poll(() => isOpen(portOf(stack.apiUrl))).toBe(false);
  expect(await underWay.finish()).toBe(200);
  // How npm and the shell end on Ctrl-C is theirs.
  await stack.process.ended();
  expect(stack.process.stdout().match(/Stopping/g)).toHaveLength(1);
  expect(stack.process.stderr()).toBe('');
  expect(await isOpen(portOf(stack.awsEndpoint))).toBe(false);
});

interface Key {
  readonly keyId: string;
}

function people(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${name}-${n}@example.com`);
}

async function fulfilled<T>(work: readonly Promise<T>[]): Promise<PromiseFulfilledResult<T>[]> {
  return (await Promise.allSettled(work)).filter((outcome) => outcome.status === 'fulfilled');
}

/** Sends the signal while a request is under way, and expects the clean end. */
async function stopDuring(underWay: UnderWay, stack: Stack, signal: NodeJS.Signals): Promise<void> {
  const ended = stack.stop(signal);
  await expect.poll(() => isOpen(portOf(stack.apiUrl))).toBe(false);
  expect(await underWay.finish()).toBe(200);
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(await isOpen(portOf(stack.awsEndpoint))).toBe(false);
  expect(stack.process.stderr()).toBe('');
}

interface UnderWay {
  /** Sends the rest. @returns the status of the answer */
  finish(): Promise<number>;
}

/** A request that the gateway has accepted and whose body is yet to come. */
async function beginRequest(stack: Stack): Promise<UnderWay> {
  const body = '{"category":"FINANCIAL","amount":1000}';
  const outgoing = request(`${stack.apiUrl}/decisions/evaluate`, {
    method: 'POST',
    headers: {
      'X-API-Key': stack.demoKey,
      'Content-Type': 'application/json',
      'Content-Length': body.length,
      Expect: '100-continue',
    },
  });
  outgoing.flushHeaders();
  await once(outgoing, 'continue');
  return {
    finish: async () => {
      outgoing.end(body);
      const [response] = await once(outgoing, 'response');
      response.resume();
      return response.statusCode;
    },
  };
}
