import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, expect, test } from 'vitest';
import { createAlertStore } from '../../functions/alerts/stores/alert-store.ts';
import type { Mailer } from '../../functions/delivery/gateways/mailer.ts';
import type { AdminAlert } from '../../functions/delivery/rules/admin-alert.ts';
import { type AlertBatchDependencies, tellOfAlerts } from '../../functions/delivery/tell-of-alerts.ts';
import { createKeyStore } from '../../functions/keys/index.ts';
import { createSubscriptionStore } from '../../functions/subscriptions/stores/subscription-store.ts';
import type { StreamRecord } from '../../local/dynamodb/stream-record.ts';
import { readBatchResponse } from '../../local/streams/batch-response.ts';
import { deliverBatch } from '../../local/streams/deliver-batch.ts';
import { lambdaRecord } from '../../local/streams/lambda-record.ts';
import type { Mapping } from '../../local/streams/read-mappings.ts';
import { MemoryTables } from '../alerts/memory-tables.ts';
import { dynamodbLatencies, SimulatedService, SimulatedTime } from '../alerts/simulated-time.ts';
import { functionsOf, removeAssemblies, template } from '../lib/support.ts';
import { basic } from './account-mail-support.ts';
import { alertOf } from './alert-support.ts';
import { product } from './mail-samples.ts';
import { hour, noon, waiting } from './rules-support.ts';
import { simulated } from './year/simulated.ts';

/**
 * Ten thousand alerts at once, of ten thousand owners: what becomes of them where SES takes so many mails in a second and no
 * more. DynamoDB's and SES's answers take their time, in simulated time; batches come again as Lambda hands them over.
 */

simulated();
afterAll(removeAssemblies);

const storm = 10_000;
const day = 24 * hour;
const streamArn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Alerts/stream/1';

/** What the template says of the function and of how the stream feeds it. */
function given() {
  const { ofType } = template('prod');
  const { Timeout, MemorySize } = functionsOf(template('prod')).get('deliver-alerts')?.properties ?? {};
  const [mapping, ...others] = ofType('AWS::Lambda::EventSourceMapping')
    .map(({ properties }) => properties)
    .filter(({ FunctionName }) => FunctionName === 'AlertNewsDeliverAlerts');
  expect(others).toEqual([]);
  return {
    milliseconds: Number(Timeout) * 1_000,
    bytes: Number(MemorySize) * 2 ** 20,
    batchSize: Number(mapping?.['BatchSize']),
    // More at once would only meet at SES.
    lanes: Number(mapping?.['ParallelizationFactor'] ?? 1),
    retries: {
      bisects: mapping?.['BisectBatchOnFunctionError'] === true,
      maximumRetries: mapping?.['MaximumRetryAttempts'] === -1 ? Number.POSITIVE_INFINITY : Number.NaN,
      maximumAgeMilliseconds: Number.POSITIVE_INFINITY,
    },
  };
}

/** Takes so many mails in any second, and refuses what comes on top, as SES does. The client tries three times. */
function simulatedSes(time: SimulatedTime, rate: number) {
  const taken: number[] = [];
  const sent = new Map<string, number>();
  const about = { tries: 0 };
  const mailer: Mailer = {
    async send({ tags: { message = '' } }) {
      for (let tried = 1; ; tried++) {
        about.tries += 1;
        await time.wait(100);
        if ((taken.at(-rate) ?? -1_000) + 1_000 <= time.now) {
          taken.push(time.now);
          sent.set(message, (sent.get(message) ?? 0) + 1);
          return 'a message';
        }
        if (tried === 3) {
          throw Object.assign(new Error('Maximum sending rate exceeded.'), { name: 'Throttling' });
        }
        // What the SDK waits at most after it was throttled, and half of it on average.
        await time.wait(250 * 2 ** (tried - 1));
      }
    },
  };
  return { mailer, sent, about };
}

const itemOf = (fields: object) =>
  marshall(fields, { removeUndefinedValues: true }) as unknown as StreamRecord['keys'];

/** Alerts of so many keys, each with an owner of its own, and the stream's record of each. */
function stormOf(count: number) {
  const tables = new MemoryTables();
  const records = Array.from({ length: count }, (_, sequence): StreamRecord => {
    const subscriptionId = `sub_${String(sequence).padStart(20, '0')}`;
    const keyId = `Storm${String(sequence).padStart(7, '0')}`;
    const alert = alertOf({ severity: 'critical' }, { subscriptionId, keyId });
    tables.plant('alerts', { ...alert });
    tables.plant('keys', { ...waiting, keyId, subscriptionId });
    tables.plant('subscriptions', { ...basic, subscriptionId, tier: 'pro', keyIds: [keyId] });
    return {
      sequence,
      eventId: `event-${sequence}`,
      eventName: 'INSERT',
      createdAt: noon,
      keys: itemOf({ alertId: alert.alertId }),
      newImage: itemOf(alert),
      sizeBytes: 1_000,
      viewType: 'NEW_AND_OLD_IMAGES',
    };
  });
  return { tables, records };
}

async function tell(count: number, rate: number, policy: AlertBatchDependencies['suspensionPolicy'] = {}) {
  const { milliseconds, batchSize, retries, lanes } = given();
  const time = new SimulatedTime();
  const service = new SimulatedService(time, dynamodbLatencies);
  const { tables, records } = stormOf(count);
  const client = tables.client((command, of) => service.send(String(of?.constructor.name), command));
  const { mailer, sent, about } = simulatedSes(time, rate);
  const messages: AdminAlert[] = [];
  const dependencies: AlertBatchDependencies = {
    client,
    alerts: createAlertStore(client, 'alerts'),
    keys: createKeyStore(client, 'keys'),
    subscriptions: createSubscriptionStore(client, 'subscriptions'),
    suspensionPolicy: policy,
    timers: { noticeDays: 7, reminderHours: 6 },
    mailer,
    product,
    sender: 'no-reply@example.com',
    dashboardUrl: 'https://dashboard.example.com',
    adminAlerts: {
      async publish(message) {
        await time.wait(50);
        messages.push(message);
      },
    },
  };
  const now = () => noon + time.now;
  const log: string[] = [];
  let [invocations, longest] = [0, 0];
  const before = process.memoryUsage().heapUsed;
  let heap = before;
  const delivery = {
    mapping: { retries } as Mapping,
    now,
    isStopped: () => false,
    checkpoint: () => {},
    pause: (pause: number) => time.wait(pause),
    log: (line: string) => log.push(line),
    async invoke(batch: readonly StreamRecord[]) {
      invocations += 1;
      const began = time.now;
      const Records = batch.map((record) => lambdaRecord(record, streamArn) as unknown as DynamoDBRecord);
      const act = {
        actor: { kind: 'system', id: 'deliver-alerts' } as const,
        requestId: `invocation ${invocations}`,
        now: new Date(now()),
      };
      const outcome = readBatchResponse(await tellOfAlerts({ Records }, act, dependencies), batch);
      longest = Math.max(longest, time.now - began);
      heap = Math.max(heap, process.memoryUsage().heapUsed);
      return outcome;
    },
  };
  await time.run(async () => {
    for (let from = 0; from < records.length; from += batchSize) {
      await deliverBatch(delivery, records.slice(from, from + batchSize));
    }
  });
  expect(lanes).toBe(1);
  console.log(
    `${count} alerts, ${rate} mail(s) a second: ${(time.now / 60_000).toFixed(0)} min, ${invocations} invocations of ${(longest / 1_000).toFixed(1)} s at most, ${messages.length} messages to admins; ${about.tries} tries of SES, ${JSON.stringify(Object.fromEntries(service.sent))}`,
  );
  return {
    tables,
    sent,
    messages,
    givenUp: log.filter((line) => line.startsWith('gives up')),
    milliseconds: time.now,
    longest,
    timeout: milliseconds,
    batches: Math.ceil(count / batchSize),
    bytes: heap - before,
  };
}

/** What a batch takes again, because SES took no more of it: so much longer than SES alone would need, at most. */
const tryingAgain = 1.2;

test('ten thousand owners are mailed once each at the 14 mails a second that SES begins with, and the admins by the batch', async () => {
  const told = await tell(storm, 14);
  expect(told.givenUp).toEqual([]);
  expect(told.sent.size).toBe(storm);
  expect([...told.sent.values()].every((times) => times === 1)).toBe(true);
  expect(told.milliseconds).toBeLessThan((tryingAgain * storm * 1_000) / 14);
  expect(told.longest).toBeLessThan(told.timeout / 2);
  expect(told.messages).toHaveLength(told.batches);
  expect(told.bytes).toBeLessThan(given().bytes / 2);
}, 300_000);

test('at the one mail a second of a sandbox they wait, and each key is suspended by policy once, however often its batch comes', async () => {
  const count = 1_000;
  const { tables, ...told } = await tell(count, 1, { pro: 'critical' });
  expect(told.givenUp).toEqual([]);
  expect(told.sent.size).toBe(count);
  expect([...told.sent.values()].every((times) => times === 1)).toBe(true);
  expect(told.messages).toHaveLength(told.batches);
  expect(told.milliseconds).toBeLessThan(tryingAgain * count * 1_000);
  // One after the other: ten times as many take ten times as long, and that is within what the stream keeps.
  expect(tryingAgain * storm * 1_000).toBeLessThan(day);
  for (const key of tables.items('keys')) {
    expect(key).toMatchObject({ suspensions: { anomaly: {} }, revision: waiting.revision + 1 });
  }
}, 300_000);
