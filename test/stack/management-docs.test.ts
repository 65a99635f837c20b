import { readFile } from 'node:fs/promises';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSubscriber } from './account-support.ts';
import { openAlert } from './alerts-support.ts';
import { parseShape, type Shape, strayFrom } from './answer-shape.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

/** What the page stands in for: the reader's own ids, which the page's earlier calls answered. */
const examples: Readonly<Record<string, string>> = {
  keyId: 'eJkTE1ZjA1gs',
  subject: 'eJkTE1ZjA1gs',
  subscriptionId: 'sub_IJmAKCOAsaS4nker0X4z',
  apiKey: '<the whole key>',
  cursor: '<cursor of the answer before>',
  alertId: 'alert_01KB2N6Q4V0S8ZJ6YV4M6T3C1D',
};

/** Of an owner who waits for an answer; each of the two answers is for somebody else. */
const requester = 'sub_Wq3nB7XcT0eLr5ZkVd9u';

interface Call {
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

interface Section {
  readonly name: string;
  /** Fields that its table documents. */
  readonly fields: readonly string[];
  readonly answers: readonly Shape[];
}

const page = await readFile(new URL('../../docs/management.md', import.meta.url), 'utf8');
const codeBlocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code = '']) => ({
  language,
  code,
}));
const calls = codeBlocks.flatMap(({ code }) => callsIn(code));
const sections = page.split(/^## /m).slice(1).map(readSection);

/** The form that every call on the page has, so that what runs here is what a reader pastes. */
function callsIn(code: string): Call[] {
  const form =
    /^aws lambda invoke --function-name latchkey-dev-([a-z-]+) --cli-binary-format raw-in-base64-out \\\n {2}(?:--cli-read-timeout \d+ )?--payload '([^']*)' (?:\/dev\/stdout$|[a-z]+\.json && )/gm;
  return [...code.matchAll(form)].map(([, name = '', payload = '']) => ({
    name,
    payload: JSON.parse(payload),
  }));
}

function readSection(text: string): Section {
  // The table of fields, for a section may have others.
  const [, table = ''] = /^\| field \|.*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(text) ?? [];
  const rows = table.split('\n');
  return {
    name: text.slice(0, text.indexOf('\n')),
    fields: rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, field = '']) => field),
    ),
    answers: [...text.matchAll(/\bAnswer: `([^`]+)`/g)].map(([, shape = '']) => parseShape(shape)),
  };
}

function sectionOf(name: string): Section {
  const found = sections.find((section) => section.name === name);
  if (found === undefined) throw new Error(`docs/management.md has no section ${name}`);
  return found;
}

/** Short names of the functions that a policy of the stack lets its holders invoke. */
function invocable(stack: TestStack, policyName: 'KeyAdministrators' | 'KeyAuditors'): string[] {
  const arn = stack.template.outputs[`${policyName}PolicyArn`];
  const policy = stack.template.byType('AWS::IAM::ManagedPolicy').find(({ ref }) => ref === arn);
  const document = JSON.stringify(policy?.properties['PolicyDocument'] ?? '');
  return [...document.matchAll(/:function:latchkey-dev-([a-z-]+)/g)].map(([, name = '']) => name).sort();
}

let stack: TestStack;
/** One for each call, in the page's order: what the function answered, or how it failed. */
const answers: { readonly failed: string | undefined; readonly answer: unknown }[] = [];

beforeAll(async () => {
  stack = await startTestStack();
  const known: Record<string, unknown> = {};
  for (const { name, payload } of calls) {
    // The record is told of when it has caught up.
    if (name === 'query-audit') await stack.streams.whenIdle();
    if (name === 'list-alerts' && known['alertId'] === undefined) {
      known['alertId'] = await anAlertOf(String(known['subscriptionId']));
    }
    if (name === 'list-requests' || name === 'decline-request')
      known['requester'] = await somebodyWhoAsks(name);
    const { Payload, FunctionError } = await stack.lambda.send(
      new InvokeCommand({
        FunctionName: `latchkey-dev-${name}`,
        Payload: JSON.stringify(withKnown(payload, known)),
      }),
    );
    const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8'));
    answers.push({ failed: FunctionError === undefined ? undefined : JSON.stringify(answer), answer });
    if (FunctionError === undefined) remember(answer as Record<string, unknown>, known);
  }
});
afterAll(() => stack.close());

/** The subscription of somebody who has just asked for an enterprise tier. */
async function somebodyWhoAsks(name: string): Promise<string> {
  const person = await newSubscriber(stack, `${name}@example.com`);
  const { status } = await person.call('PUT', '/account/tier', { tier: 'enterprise', note: 'many requests' });
  expect(status).toBe(200);
  return (await person.call('GET', '/account')).body.subscriptionId;
}

/** Something unusual in a subscription, as the hourly look writes it. */
async function anAlertOf(subscriptionId: string): Promise<string> {
  return (await openAlert(stack, { subscriptionId })).alertId;
}

/** The payload with each example replaced by what an earlier call answered. */
function withKnown(
  payload: Call['payload'],
  known: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(payload).map(([field, value]) => {
      if (examples[field] === undefined) return [field, value];
      if (value === requester) return [field, known['requester']];
      if (value !== examples[field])
        throw new Error(`${field}: the page uses ${examples[field]}, not ${value}`);
      if (known[field] === undefined) throw new Error(`${field}: no call before answered one`);
      return [field, known[field]];
    }),
  );
}

/** The page speaks of its first key, by that key's newest secret, and of the list that it has just begun. */
function remember(answer: Readonly<Record<string, unknown>>, known: Record<string, unknown>): void {
  known['keyId'] ??= answer['keyId'];
  known['subject'] ??= answer['keyId'];
  known['subscriptionId'] ??= answer['subscriptionId'];
  if (answer['keyId'] === known['keyId']) known['apiKey'] = answer['apiKey'] ?? known['apiKey'];
  known['cursor'] = answer['cursor'];
}

test('an answer is compared with its list both ways, inside lists and maps too', () => {
  const shape = parseShape('{ id, note?, parts: [{ size }], counts: { "a": { of } }, rest: … }');
  const answer = { id: 1, parts: [{ size: 1 }], counts: { any: { of: 2 } }, rest: { x: [] } };
  expect(strayFrom(shape, answer)).toEqual([]);
  expect(strayFrom(shape, { ...answer, note: '' })).toEqual([]);
  expect(strayFrom(shape, { ...answer, extra: 1 })).toEqual(['.extra is not listed']);
  expect(strayFrom(shape, { ...answer, id: undefined })).toEqual(['.id is missing']);
  expect(strayFrom(shape, { ...answer, parts: [{ size: 1 }, { weight: 1 }] })).toEqual([
    '.parts[1].weight is not listed',
    '.parts[1].size is missing',
  ]);
  expect(strayFrom(shape, { ...answer, counts: { any: {} } })).toEqual(['.counts.any.of is missing']);
  expect(strayFrom(shape, { ...answer, parts: {} })).toEqual(['.parts is no list']);
  for (const nonsense of ['', '{ }', '{ a b }', '{ a: }', '{ a', '{ a } b']) {
    expect(() => parseShape(nonsense), nonsense).toThrow();
  }
});

describe('docs/management.md', () => {
  test('has a call for every management function of the stack, and for no other', () => {
    const functions = invocable(stack, 'KeyAdministrators');
    expect(functions.length).toBeGreaterThan(10);
    expect([...new Set(calls.map(({ name }) => name))].sort()).toEqual(functions);
  });

  test('writes every call in the one form that is run here, payload in single quotes', () => {
    const written = codeBlocks.flatMap(({ code }) => code.match(/\baws lambda invoke\b/g) ?? []);
    expect(calls).toHaveLength(written.length);
  });

  test.each(calls.map((call, index) => ({ ...call, index })))(
    'call $index, $name $payload, succeeds as printed and answers just what the page lists',
    ({ index, name }) => {
      const { failed, answer } = answers[index] ?? {};
      expect(failed).toBeUndefined();
      const [shape, ...more] = sectionOf(name).answers;
      expect(shape).toBeDefined();
      expect(more).toEqual([]);
      expect(strayFrom(shape, answer)).toEqual([]);
    },
  );

  test('shows answers with something in them: a page, an entry, a key', () => {
    const answerOf = (wanted: string) => {
      const index = calls.findIndex(({ name, payload }) => name === wanted && !('day' in payload));
      return answers[index]?.answer;
    };
    expect(answerOf('list-keys')).toMatchObject({ keys: [{}], cursor: expect.any(String) });
    expect(answerOf('query-audit')).toMatchObject({ entries: [{}, {}], cursor: expect.any(String) });
    expect(answerOf('get-key')).toMatchObject({ versions: [{}, {}] });
    expect(answerOf('list-alerts')).toMatchObject({ alerts: [{ facts: {}, severity: 'warning' }] });
    expect(answerOf('acknowledge-alert')).toMatchObject({ acknowledged: { by: 'grace' } });
    expect(answerOf('list-requests')).toMatchObject({ requests: [{ note: 'many requests' }] });
    const verifications = answers.filter((_, index) => calls[index]?.name === 'verify-audit');
    expect(verifications.length).toBeGreaterThan(1);
    for (const { answer } of verifications) expect(answer).toMatchObject({ ok: true, broken: [] });
  });

  test.each(calls)('documents every field of $name $payload', ({ name, payload }) => {
    expect(sectionOf(name).fields).toEqual(expect.arrayContaining(Object.keys(payload)));
  });

  test.each(sections.filter(({ name }) => calls.some((call) => call.name === name)))(
    'documents no field of $name that it does not know',
    async ({ name, fields }) => {
      // A value of no kind that any field takes: a field that exists is refused for its value, another as unknown.
      const payload = Object.fromEntries(fields.map((field) => [field, { not: 'a value' }]));
      const { Payload, FunctionError } = await stack.lambda.send(
        new InvokeCommand({ FunctionName: `latchkey-dev-${name}`, Payload: JSON.stringify(payload) }),
      );
      const text = Buffer.from(Payload ?? []).toString('utf8');
      if (fields.length > 0)
        expect([FunctionError, JSON.parse(text).errorType]).toEqual(['Unhandled', 'ValidationError']);
      expect(text).not.toContain('is unknown');
    },
  );

  test('says of each function whether auditors may invoke it, as the stack’s policies do', () => {
    const rows = [...page.matchAll(/^\| \[`([a-z-]+)`\]\(#\1\) \|[^|]+\| (yes )?\|$/gm)];
    expect(rows.map(([, name]) => name).toSorted()).toEqual(invocable(stack, 'KeyAdministrators'));
    const auditors = rows.filter(([, , may]) => may !== undefined).map(([, name]) => name);
    expect(auditors.toSorted()).toEqual(invocable(stack, 'KeyAuditors'));
  });

  test('shows a policy for readers’ own use that allows what it says, by ARNs of functions that exist', () => {
    const [policy, ...more] = codeBlocks.filter(({ language }) => language === 'json');
    expect(more).toEqual([]);
    const { Statement } = JSON.parse(policy?.code ?? '{}') as { Statement: Record<string, unknown>[] };
    expect(Statement).toEqual([
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: expect.any(Array) },
    ]);
    const arns = (Statement[0]?.['Resource'] ?? []) as string[];
    const names = arns.map(
      (arn) => /^arn:aws:lambda:us-east-1:\d{12}:function:latchkey-prod-([a-z-]+)$/.exec(arn)?.[1],
    );
    expect(names.length).toBeGreaterThan(0);
    expect(invocable(stack, 'KeyAdministrators')).toEqual(expect.arrayContaining(names));
  });
});
