import { afterEach, expect, test } from 'vitest';
import { type Harness, startHarness, until } from './lambda-harness.ts';

let harness: Harness;
afterEach(() => harness.close());

const FAILS_AT_FIRST = `let attempts = 0;
  export const handler = async ({ failures }, context) => {
    attempts += 1;
    console.log('attempt ' + attempts + ' ' + context.awsRequestId);
    if (attempts <= failures) throw new Error('not yet');
  };`;
const attempts = () => harness.lines.filter((entry) => entry.line.startsWith('attempt '));
const hasLogged = (text: string) => harness.lines.some((entry) => entry.line.includes(text));

test('an event is accepted before it has run, and runs in the background', async () => {
  harness = await startHarness({ background: { code: FAILS_AT_FIRST } });
  const answer = await harness.invoke('background', { failures: 0 }, { InvocationType: 'Event' });
  expect(answer).toMatchObject({ status: 202, payload: undefined });
  await until('the event to run', () => attempts().length === 1);
});

test('an event that fails is retried twice, after one and two minutes, under the same request id', async () => {
  harness = await startHarness({ background: { code: FAILS_AT_FIRST } });
  await harness.invoke('background', { failures: 9 }, { InvocationType: 'Event' });
  await until('the first failure', () => hasLogged('Attempt 1 of 3'));
  expect(attempts()).toHaveLength(1);
  await harness.clock.moveTo(harness.clock.now() + 61_000);
  expect(attempts()).toHaveLength(2);
  expect(hasLogged('Attempt 2 of 3')).toBe(true);
  await harness.clock.moveTo(harness.clock.now() + 61_000);
  expect(attempts()).toHaveLength(2);
  await harness.clock.moveTo(harness.clock.now() + 61_000);
  expect(hasLogged('Event discarded')).toBe(true);
  await harness.clock.moveTo(harness.clock.now() + 3_600_000);
  expect(attempts()).toHaveLength(3);
  expect(new Set(attempts().map((entry) => entry.requestId)).size).toBe(1);
  expect(attempts()[2]?.line).toBe(`attempt 3 ${attempts()[0]?.requestId}`);
});

test('an event that succeeds on a retry is not run again', async () => {
  harness = await startHarness({ background: { code: FAILS_AT_FIRST } });
  await harness.invoke('background', { failures: 1 }, { InvocationType: 'Event' });
  await until('the first failure', () => hasLogged('Attempt 1 of 3'));
  await harness.clock.moveTo(harness.clock.now() + 3_600_000);
  await harness.clock.moveTo(harness.clock.now() + 3_600_000);
  expect(attempts()).toHaveLength(2);
});

test('an event that finds no concurrency left waits for it without using up its retries', async () => {
  const code = `export const handler = async ({ wait }) => {
    console.log('attempt');
    if (wait) await new Promise((resolve) => setTimeout(resolve, 300));
  };`;
  harness = await startHarness({ single: { code, properties: { ReservedConcurrentExecutions: 1 } } });
  const first = harness.lambda.invoke('single', { wait: true });
  await harness.invoke('single', {}, { InvocationType: 'Event' });
  await first;
  await until(
    'the event to run',
    () => harness.lines.filter((entry) => entry.line === 'attempt').length === 2,
  );
  expect(hasLogged('of the event failed')).toBe(false);
});
