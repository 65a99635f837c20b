import { InvokeCommand } from '@aws-sdk/client-lambda';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import type { AuditEntry } from '../../functions/audit/rules/audit-entry.ts';
import type { GeneratedKey } from './management-support.ts';
import type { TestStack } from './test-stack.ts';

/** Several admins who act at random at the same time, what becomes of each act, and a model of what must hold then. */

export interface PlannedAct {
  readonly name: ActName;
  readonly subscription: number;
  /** Which of the keys that are known by then. */
  readonly slot: number;
  readonly graceHours: number;
  readonly tier: string;
  /** The same request several times at once under one `idempotencyKey`; 0: once, without one. */
  readonly copies: number;
  /** Milliseconds after which a worker of the act's function is killed. */
  readonly killAfter: number | undefined;
  /** The same for the function that keeps the record. */
  readonly killRecorderAfter: number | undefined;
  /** Which images of earlier changes are handed to the recorder once more, in which order. */
  readonly replays: readonly number[];
}

const actNames = [
  'generate-key',
  'rotate-key',
  'revoke-key',
  'suspend-key',
  'resume-key',
  'change-tier',
  'rotate-pepper',
] as const;
export type ActName = (typeof actNames)[number];

const oneIn = (times: number, maximum: number) =>
  fc.option(fc.integer({ min: 0, max: maximum }), { freq: times, nil: undefined });

const act = (subscriptions: number): fc.Arbitrary<PlannedAct> =>
  fc.record({
    name: fc.oneof(
      { weight: 4, arbitrary: fc.constant('generate-key' as const) },
      { weight: 5, arbitrary: fc.constant('rotate-key' as const) },
      { weight: 2, arbitrary: fc.constant('revoke-key' as const) },
      { weight: 2, arbitrary: fc.constant('suspend-key' as const) },
      { weight: 3, arbitrary: fc.constant('resume-key' as const) },
      { weight: 2, arbitrary: fc.constant('change-tier' as const) },
      { weight: 1, arbitrary: fc.constant('rotate-pepper' as const) },
    ),
    subscription: fc.nat({ max: subscriptions - 1 }),
    slot: fc.nat({ max: 99 }),
    graceHours: fc.constantFrom(0, 1, 24),
    tier: fc.constantFrom('free', 'pro', 'enterprise'),
    copies: fc.constantFrom(0, 0, 1, 3),
    // `freq` n: a value in n of n + 1 cases.
    killAfter: fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: oneIn(9, 25) },
    ),
    killRecorderAfter: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: oneIn(9, 25) },
    ),
    replays: fc.array(fc.nat({ max: 99 }), { maxLength: 3 }),
  });

/** One list of acts for each admin. */
export const plan = (admins: number, acts: number, subscriptions: number): fc.Arbitrary<PlannedAct[][]> =>
  fc.array(fc.array(act(subscriptions), { minLength: acts, maxLength: acts }), {
    minLength: admins,
    maxLength: admins,
  });

/** One invocation and what became of it. */
export interface Attempt {
  readonly act: ActName;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly requestId: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome:
    | { readonly kind: 'acknowledged'; readonly answer: Readonly<Record<string, unknown>> }
    /** The function says that nothing was written. */
    | { readonly kind: 'refused'; readonly errorType: string }
    /** The worker died, or gave up among others: it may have been done or not. */
    | { readonly kind: 'unknown'; readonly errorType: string };
}

const refusals = new Set(['ConflictError', 'LimitError', 'NotFoundError', 'ValidationError']);

/** Invokes a function under the request id that the record must show. */
export async function attempt(
  stack: TestStack,
  name: ActName,
  payload: Record<string, unknown>,
): Promise<Attempt> {
  const startedAt = performance.now();
  const { Payload, FunctionError, $metadata } = await stack.lambda.send(
    new InvokeCommand({ FunctionName: stack.functions[name], Payload: JSON.stringify(payload) }),
  );
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString('utf8')) as Record<string, unknown>;
  const errorType = String(answer['errorType']);
  return {
    act: name,
    payload,
    requestId: $metadata.requestId ?? '',
    startedAt,
    endedAt: performance.now(),
    outcome:
      FunctionError === undefined
        ? { kind: 'acknowledged', answer }
        : { kind: refusals.has(errorType) ? 'refused' : 'unknown', errorType },
  };
}

type Item = Readonly<Record<string, unknown>>;

/**
 * Collects images of items as they come to be, and hands them to the recorder again: twice, late, too early, in the wrong
 * order, as a stream may.
 */
export function createReplayer(stack: TestStack) {
  const images: { keys: Item; image: Item }[] = [];
  const seen = new Set<string>();

  async function look(): Promise<void> {
    for (const [table, key] of [
      ['Keys', 'keyId'],
      ['Subscriptions', 'subscriptionId'],
    ] as const) {
      const { Items = [] } = await stack.dynamodb.send(
        new ScanCommand({ TableName: stack.tables[table], ConsistentRead: true }),
      );
      for (const image of Items) {
        const id = `${image[key]}/${image['revision']}`;
        if (image['revision'] === undefined || seen.has(id)) continue;
        seen.add(id);
        images.push({ keys: { [key]: image[key] }, image });
      }
    }
  }

  return {
    async replay(which: readonly number[]): Promise<void> {
      if (which.length === 0) return;
      await look();
      const chosen = which.flatMap((index) => images.at(index % Math.max(1, images.length)) ?? []);
      // The newest, which the stream may not have brought yet, before older ones of the same item.
      const records = [...chosen, ...images.slice(-2).toReversed()].map(({ keys, image }, index) => ({
        eventID: `replayed-${index}`,
        eventName: 'MODIFY',
        dynamodb: {
          ApproximateCreationDateTime: Math.floor(stack.clock.now() / 1000),
          Keys: marshall(keys),
          NewImage: marshall(image),
          SequenceNumber: String(index + 1),
        },
      }));
      await stack.lambda.send(
        new InvokeCommand({
          FunctionName: stack.functions['record-audit'],
          Payload: JSON.stringify({ Records: records }),
        }),
      );
    },
  };
}

/** How a mail with a new secret fares. */
const ofDelivery: ReadonlySet<string> = new Set(['send-key', 'mail-delivered']);

/** What a key must be, after the acts of its record in that order. */
export interface ModelKey {
  readonly suspended: boolean;
  readonly revoked: boolean;
  readonly tier: string;
  /** Versions that work unless the key is suspended. */
  readonly live: readonly number[];
  readonly newest: number;
}

/**
 * Replays a key's record. What an act means is taken from the request that the admin sent, found by its request id; the
 * record gives no more than the order.
 */
export function modelOfKey(
  chain: readonly AuditEntry[],
  attemptOf: (requestId: string) => Attempt | undefined,
): ModelKey {
  let key: ModelKey = { suspended: false, revoked: false, tier: '', live: [], newest: 0 };
  for (const { action, actor, requestId } of chain) {
    // What the product writes by itself, between the acts of admins, changes nothing of this.
    if (actor.kind === 'system' && ofDelivery.has(action)) continue;
    const payload = attemptOf(requestId)?.payload;
    if (payload === undefined) throw new Error(`the record names an act that nobody asked for: ${action}`);
    const newest = key.newest + 1;
    if (action === 'generate-key') key = { ...key, tier: String(payload['tier']), live: [1], newest: 1 };
    else if (action === 'rotate-key') {
      const kept = payload['graceHours'] === 0 ? [] : [key.newest];
      key = { ...key, live: [...kept, newest], newest };
    } else if (action === 'revoke-key') key = { ...key, revoked: true, live: [] };
    else if (action === 'suspend-key') key = { ...key, suspended: true };
    else if (action === 'resume-key') key = { ...key, suspended: false };
    else if (action === 'change-tier') key = { ...key, tier: String(payload['tier']) };
    else throw new Error(`a key knows no act ${action}`);
  }
  return key;
}

/** The whole keys that were given out, by key id and version. */
export function givenOut(attempts: readonly Attempt[]): Map<string, Set<string>> {
  const secrets = new Map<string, Set<string>>();
  for (const { outcome } of attempts) {
    if (outcome.kind !== 'acknowledged' || outcome.answer['apiKey'] === undefined) continue;
    const { keyId, version, apiKey } = outcome.answer as unknown as GeneratedKey;
    const id = `${keyId}/${version}`;
    secrets.set(id, (secrets.get(id) ?? new Set()).add(apiKey));
  }
  return secrets;
}
