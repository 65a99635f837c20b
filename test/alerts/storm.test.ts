import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { aggregateTraffic } from '../../functions/alerts/aggregate-traffic.ts';
import { keySubject, subscriptionSubject } from '../../functions/alerts/rules/activity-item.ts';
import { createTrafficStore } from '../../functions/alerts/stores/traffic-store.ts';
import type { DocumentClient } from '../../functions/runtime/dynamodb.ts';
import { functionsOf, removeAssemblies, template } from '../lib/support.ts';
import { accessLine } from './log-samples.ts';
import { dynamodbLatencies, SimulatedService, SimulatedTime } from './simulated-time.ts';
import { day, hour, oneKey, usual, World } from './world.ts';

/**
 * Ten thousand keys at once, on tables in memory whose answers take as long as DynamoDB's, in simulated time: what the functions
 * wait for, one answer after the other, has to fit into what the template gives them. No clock of the machine is asked.
 */

afterAll(removeAssemblies);

const storm = 10_000;

/** Of the stack that is deployed. */
function givenTo(name: string): { readonly milliseconds: number; readonly bytes: number } {
  const { Timeout, MemorySize } = functionsOf(template('prod')).get(name)?.properties ?? {};
  return { milliseconds: Number(Timeout) * 1_000, bytes: Number(MemorySize) * 2 ** 20 };
}

/** What the SDK waits for a connection before it gives an attempt up: see `requestTimeouts`. */
const connectionTimeout = 1_000;

/** The most that was used of the heap beyond what was used before. */
function watchHeap() {
  const before = process.memoryUsage().heapUsed;
  let most = before;
  return {
    look: () => {
      most = Math.max(most, process.memoryUsage().heapUsed);
    },
    grown: () => most - before,
  };
}

const figures = (what: string, time: SimulatedTime, service: SimulatedService, bytes: number) =>
  `${what}: ${(time.now / 1_000).toFixed(1)} s; ${service.most} at once, ${service.longestWait} ms for a connection; ${Math.round(bytes / 2 ** 20)} MB; ${JSON.stringify(Object.fromEntries(service.sent))}`;

describe('an hour in which ten thousand keys', () => {
  test.each<[what: string, prepare: (world: World) => void, told: { looked: number; opened: number }]>([
    [
      'surge, each of its own subscription,',
      (world) => {
        for (let n = 0; n < storm; n++) {
          const { subscriptionId, keyId } = oneKey(world, `S${n}x`);
          world.requests(subscriptionId, keyId, 50 * usual);
        }
        world.now += hour;
      },
      { looked: 2 * storm, opened: storm },
    ],
    [
      'fall silent, each of its own subscription,',
      (world) => {
        for (let n = 0; n < storm; n++) {
          const { subscriptionId, keyId } = oneKey(world, `S${n}x`);
          world.await(keySubject(keyId));
          world.await(subscriptionSubject(subscriptionId));
        }
        world.now += 12 * hour;
      },
      { looked: 2 * storm, opened: storm },
    ],
    [
      'surge, five of each subscription,',
      (world) => {
        for (let n = 0; n < storm / 5; n++) {
          const subscriptionId = `sub_${`S${n}x`.padEnd(20, '0')}`;
          const keyIds = Array.from({ length: 5 }, (_, number) => `S${n}x${number}x`.padEnd(12, '0'));
          world.subscribe(subscriptionId, keyIds);
          world.withHistory(subscriptionSubject(subscriptionId), subscriptionId, 5 * usual);
          for (const keyId of keyIds) {
            world.withHistory(keySubject(keyId), subscriptionId);
            world.requests(subscriptionId, keyId, 50 * usual);
          }
        }
        world.now += hour;
      },
      { looked: storm + storm / 5, opened: storm },
    ],
    [
      'are used for the first time',
      (world) => {
        for (let n = 0; n < storm; n++) {
          const subscriptionId = `sub_${`S${n}x`.padEnd(20, '0')}`;
          const keyId = `S${n}x`.padEnd(12, '0');
          world.subscribe(subscriptionId, [keyId]);
          world.requests(subscriptionId, keyId, usual);
        }
        world.now += hour;
      },
      { looked: 2 * storm, opened: 0 },
    ],
  ])(
    '%s is looked at within a part of what the function has, and tells of each once',
    async (what, prepare, told) => {
      const world = new World();
      prepare(world);
      const [time, given, heap] = [new SimulatedTime(), givenTo('detect-anomalies'), watchHeap()];
      const service = new SimulatedService(time, dynamodbLatencies);
      const report = await time.run(() =>
        world.run((command, of) => {
          if (service.requests % 200 === 0) heap.look();
          return service.send(String(of?.constructor.name), command);
        }),
      );
      console.log(figures(`ten thousand keys that ${what}`, time, service, heap.grown()));
      expect(report).toMatchObject({ ...told, updated: 0, closed: 0, failed: 0, stoppedEarly: false });
      expect(new Set(world.alerts().map(({ keyId }) => keyId)).size).toBe(told.opened);
      expect(time.now).toBeLessThan(given.milliseconds / 10);
      expect(service.longestWait).toBeLessThan(connectionTimeout / 2);
      expect(heap.grown()).toBeLessThan(given.bytes / 2);

      expect(await world.run()).toMatchObject({ looked: 0, opened: 0, updated: 0, closed: 0, failed: 0 });
      expect(world.tables.items('alerts')).toHaveLength(told.opened);
    },
    300_000,
  );
});

test('ten thousand keys of which a batch of the logs tells are noted within a part of what the function has', async () => {
  const at = Date.parse('2026-11-27T12:34:56.000Z');
  const logEvents = Array.from({ length: storm }, (_, n) => ({
    id: String(n).padStart(56, '0'),
    timestamp: at,
    message: accessLine({
      at,
      status: 429,
      keyId: `S${n}x`.padEnd(12, '0'),
      subscriptionId: `sub_${`S${n}x`.padEnd(20, '0')}`,
      tier: 'enterprise',
      sourceIp: `10.0.${n % 200}.1`,
    }),
  }));
  const [time, given, heap] = [new SimulatedTime(), givenTo('aggregate-traffic'), watchHeap()];
  const service = new SimulatedService(time, dynamodbLatencies);
  const send = (command: object) => {
    if (service.requests % 200 === 0) heap.look();
    return service.send(command.constructor.name, () => {
      // Nobody waits for a look at these keys yet: the first write of each is of another opinion, and a second one is needed.
      const { ConditionExpression = '' } = command instanceof UpdateCommand ? command.input : {};
      if (!ConditionExpression.startsWith('lookAt <=')) return {};
      throw new ConditionalCheckFailedException({ message: 'no', $metadata: {}, Item: {} });
    });
  };
  // Of the client, the store uses `send` and nothing else.
  const client = { send } as unknown as DocumentClient;
  const report = await time.run(() =>
    aggregateTraffic(
      { logGroup: '/latchkey/prod/api-access', logEvents },
      at + day,
      createTrafficStore(client, 'activity'),
    ),
  );
  console.log(figures('a batch of ten thousand keys', time, service, heap.grown()));
  expect(report).toEqual({ lines: storm, skipped: 0, subjects: storm, refused: storm, again: false });
  expect(service.most).toBe(16);
  expect(time.now).toBeLessThan(given.milliseconds / 2);
  expect(heap.grown()).toBeLessThan(given.bytes / 2);
});
