import { setTimeout as wait } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { apiSubject, keySubject, subscriptionSubject } from '../../functions/alerts/rules/activity-item.ts';
import { type AlertAnswer, type AlertItem, answered } from '../../functions/alerts/rules/alert-item.ts';
import type { Reach } from './memory-tables.ts';
import { day, hour, oneKey, usual, World } from './world.ts';

const surge = 50 * usual;

const isWrite = (command: unknown) =>
  command instanceof TransactWriteCommand || command instanceof UpdateCommand;

/** Everything that a run may leave behind, but for ids, which are new each time. */
function contents(world: World): string {
  const text = JSON.stringify([
    world.tables.items('activity').toSorted(bySubject),
    world.alerts().map(shown).toSorted(bySubject),
  ]);
  return text.replaceAll(/alert_[0-9A-Z]{26}/g, 'an alert');
}
const shown = ({ alertId: _id, openShard: _shard, ...rest }: AlertItem): Readonly<Record<string, unknown>> =>
  rest;
const bySubject = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>) =>
  `${a['subject']} ${a['keyId']}` < `${b['subject']} ${b['keyId']}` ? -1 : 1;

/** Hours as usual, each with its run. */
async function usualHours(
  world: World,
  { subscriptionId, keyId }: { subscriptionId: string; keyId: string },
  hours: number,
) {
  for (let n = 0; n < hours; n++) {
    world.requests(subscriptionId, keyId, usual);
    await world.nextRun();
  }
}

/** What the owner of the newest alert says to it now. */
function answer(world: World, said: AlertAnswer): void {
  const alert = world.alerts().at(-1);
  if (alert === undefined) throw new Error('there is no alert');
  const change = {
    action: 'answer-alert',
    actor: { kind: 'owner', id: alert.subscriptionId },
    requestId: 'r',
    at: new Date(world.now).toISOString(),
  } as const;
  world.tables.plant('alerts', { ...answered(alert, said, change) });
}

describe('a run', () => {
  test('tells a surge once, in words, and its end; the same hour again changes nothing', async () => {
    const world = new World();
    const key = oneKey(world);
    await usualHours(world, key, 2);
    expect(world.alerts()).toEqual([]);

    world.requests(key.subscriptionId, key.keyId, surge);
    expect(await world.nextRun()).toMatchObject({ looked: 2, opened: 1, failed: 0, stoppedEarly: false });
    const [alert, ...more] = world.alerts();
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      alertId: expect.stringMatching(/^alert_[0-9A-HJKMNP-TV-Z]{26}$/),
      subscriptionId: key.subscriptionId,
      keyId: key.keyId,
      tier: 'enterprise',
      kind: 'surge',
      status: 'open',
      explanation: expect.stringMatching(/\b5,?000 requests/),
      change: { action: 'open-alert', actor: { kind: 'system', id: 'detect-anomalies' } },
    });

    const before = contents(world);
    world.now += 10 * 60_000;
    expect(await world.run()).toMatchObject({ looked: 0, opened: 0, updated: 0, closed: 0, failed: 0 });
    expect(contents(world)).toBe(before);
    world.now -= 10 * 60_000;

    for (let hours = 0; hours < 60 && world.alerts()[0]?.status === 'open'; hours++)
      await usualHours(world, key, 1);
    expect(world.alerts()).toMatchObject([{ status: 'closed', closedBecause: 'over' }]);
    expect(world.activity(keySubject(key.keyId))?.incidents).toBeUndefined();
  });

  test('costs what was used: nothing is read of a key that nobody used', async () => {
    const world = new World();
    oneKey(world, 'Idle');
    let reads = 0;
    const reach: Reach = async (command, of) => {
      if (!(of instanceof QueryCommand)) reads += 1;
      return command();
    };
    expect(await world.nextRun(reach)).toMatchObject({ looked: 0, failed: 0 });
    expect(reads).toBe(0);
  });

  test('twice at once tells nothing twice', async () => {
    const world = new World();
    const keys = Array.from({ length: 20 }, (_, n) => oneKey(world, `K${n}x`));
    for (const { subscriptionId, keyId } of keys) world.requests(subscriptionId, keyId, surge);
    world.now += hour;
    const slow: Reach = async (command, of) => {
      await wait(Math.random() * 3);
      if (isWrite(of)) await wait(Math.random() * 3);
      return command();
    };
    const reports = await Promise.all([world.run(slow), world.run(slow)]);
    expect(world.alerts()).toHaveLength(20);
    expect(reports.reduce((sum, { opened }) => sum + opened, 0)).toBe(20);
    expect(reports.reduce((sum, { looked }) => sum + looked, 0)).toBe(40);
    expect(reports.map(({ failed }) => failed)).toEqual([0, 0]);
  });

  test('tries again what is throttled; what stays so is left for the next one', async () => {
    const world = new World();
    const keys = [oneKey(world, 'A'), oneKey(world, 'B')];
    for (const { subscriptionId, keyId } of keys) world.requests(subscriptionId, keyId, surge);
    world.now += hour;
    const throttled = () =>
      new TransactionCanceledException({
        message: 'Transaction cancelled',
        $metadata: {},
        CancellationReasons: [{ Code: 'None' }, { Code: 'ThrottlingError' }],
      });
    const always: Reach = async (command, of) => {
      if (of instanceof TransactWriteCommand) throw throttled();
      return command();
    };
    // The subscriptions are written, each alone; their keys come with an alert.
    expect(await world.run(always)).toMatchObject({ looked: 2, opened: 0, failed: 2 });
    let refused = 0;
    const atFirst: Reach = async (command, of) => {
      if (of instanceof TransactWriteCommand && refused++ < 4) throw throttled();
      return command();
    };
    world.now += hour;
    expect(await world.run(atFirst)).toMatchObject({ opened: 2, failed: 0 });
  });

  test('that dies before or after any write is made up for by the next one', async () => {
    const scene = () => {
      const world = new World();
      for (const name of ['A', 'B']) {
        const key = oneKey(world, name);
        world.requests(key.subscriptionId, key.keyId, surge);
      }
      world.now += hour;
      return world;
    };
    const undisturbed = scene();
    await undisturbed.run();
    const wanted = contents(undisturbed);
    const writes = undisturbed.tables.writes;
    expect(undisturbed.alerts()).toHaveLength(2);

    for (const dies of ['before', 'after'] as const) {
      for (let point = 1; point <= writes; point++) {
        const world = scene();
        let written = 0;
        let isDead = false;
        const reach: Reach = async (command, of) => {
          if (isDead) throw new Error('dead');
          if (!isWrite(of)) return command();
          written += 1;
          isDead = written === point;
          if (isDead && dies === 'before') throw new Error('dead');
          const answer = command();
          if (isDead) throw new Error('dead');
          return answer;
        };
        await world.run(reach).catch(() => undefined);
        await world.run();
        expect(contents(world), `dies ${dies} write ${point}`).toBe(wanted);
      }
    }
  });

  test('that is overtaken by the logs looks again, and loses nothing of what they told', async () => {
    const world = new World();
    const key = oneKey(world);
    world.requests(key.subscriptionId, key.keyId, surge);
    world.now += hour;
    let overtaken = 0;
    const reach: Reach = async (command, of) => {
      if (isWrite(of) && overtaken < 3) {
        overtaken += 1;
        world.log(keySubject(key.keyId), { refused429: overtaken, networks: new Set(['198.51.100.0/24']) });
      }
      return command();
    };
    expect(await world.run(reach)).toMatchObject({ opened: 1, failed: 0 });
    expect(world.activity(keySubject(key.keyId))).toMatchObject({ counted: { refused429: 3 }, seen: 4 });
    expect(world.activity(keySubject(key.keyId))?.networks).toBeUndefined();
  });

  test('that the logs overtake all the time looks all the same, and the next one takes in what they told', async () => {
    const world = new World();
    const key = oneKey(world);
    world.requests(key.subscriptionId, key.keyId, surge);
    world.now += hour;
    let flood = 0;
    const reach: Reach = async (command, of) => {
      if (isWrite(of)) {
        flood += 1;
        world.log(keySubject(key.keyId), {
          refused429: 1_000 * flood,
          networks: new Set(['198.51.100.0/24']),
        });
      }
      return command();
    };
    expect(await world.run(reach)).toMatchObject({ opened: 2, failed: 0 });
    const subject = keySubject(key.keyId);
    const { counted, refused429 = 0, lookAt } = world.activity(subject) ?? {};
    expect(refused429).toBe(1_000 * flood);
    expect(counted?.refused429).toBeLessThan(refused429);
    expect(lookAt).toBe(new Date(world.now - 5_000 + hour).toISOString());
    expect(await world.nextRun()).toMatchObject({ failed: 0 });
    expect(world.activity(subject)?.counted?.refused429).toBe(refused429);
    expect(
      world
        .alerts()
        .map(({ kind, of }) => `${kind}/${of}`)
        .toSorted(),
    ).toEqual(['refusals/429', 'surge/']);
  });

  test('that others overtake all the time is told as a fault, and the next one makes up for it', async () => {
    const world = new World();
    const key = oneKey(world);
    world.requests(key.subscriptionId, key.keyId, surge);
    world.now += hour;
    const reach: Reach = async (command, of) => {
      if (!isWrite(of)) return command();
      throw new TransactionCanceledException({
        message: 'Transaction cancelled',
        $metadata: {},
        CancellationReasons: [{ Code: 'TransactionConflict' }],
      });
    };
    expect(await world.run(reach)).toMatchObject({ opened: 0, failed: 1 });
    expect(await world.run()).toMatchObject({ opened: 1, failed: 0 });
  });

  test('goes on where the one before had no time left', async () => {
    const world = new World();
    const keys = Array.from({ length: 40 }, (_, n) => oneKey(world, `K${n}x`));
    for (const { subscriptionId, keyId } of keys) world.requests(subscriptionId, keyId, surge);
    world.now += hour;
    let pages = 0;
    const first = await world.run(undefined, () => pages++ < 3);
    expect(first.stoppedEarly).toBe(true);
    expect(first.opened).toBeGreaterThan(0);
    expect(first.opened).toBeLessThan(40);
    const second = await world.run();
    expect(second).toMatchObject({ stoppedEarly: false, opened: 40 - first.opened });
    expect(world.alerts()).toHaveLength(40);
  });

  test('tells how late the latest look is', async () => {
    const world = new World();
    const key = oneKey(world);
    world.requests(key.subscriptionId, key.keyId, usual);
    expect((await world.nextRun()).oldestLagSeconds).toBeLessThan(60);
    world.requests(key.subscriptionId, key.keyId, usual);
    world.now += 4 * hour;
    expect((await world.nextRun()).oldestLagSeconds).toBeGreaterThanOrEqual(4 * 3600);
  });
});

describe('a fault', () => {
  test.each([
    ['an item that names nobody', (world: World) => world.log(keySubject('Nobody000000'))],
    ['an item of no known kind', (world: World) => world.log('what#ever', { subscriptionId: 'sub_B' })],
    [
      'counts that are none',
      (world: World) => {
        const { keyId, subscriptionId } = oneKey(world, 'Broken');
        world.log(keySubject(keyId), { through: 'no time', subscriptionId });
      },
    ],
  ])('with one subject holds up no other: %s', async (_, break_) => {
    const world = new World();
    const key = oneKey(world);
    break_(world);
    world.requests(key.subscriptionId, key.keyId, surge);
    expect(await world.nextRun()).toMatchObject({ opened: 1, failed: 1 });
  });

  test('with a subscription holds up no key of others, and its own are looked at as soon as it is mended', async () => {
    const world = new World();
    const [good, bad] = [oneKey(world, 'Good'), oneKey(world, 'Bad')];
    for (const { subscriptionId, keyId } of [good, bad]) world.requests(subscriptionId, keyId, surge);
    world.now += hour;
    const reach: Reach = async (command, of) => {
      if (isWrite(of) && JSON.stringify((of as UpdateCommand).input).includes(bad.keyId))
        throw new Error('throttled');
      return command();
    };
    expect(await world.run(reach)).toMatchObject({ opened: 1, failed: 1 });
    expect(await world.run()).toMatchObject({ opened: 1, failed: 0 });
    expect(
      world
        .alerts()
        .map(({ keyId }) => keyId)
        .toSorted(),
    ).toEqual([bad.keyId, good.keyId]);
  });

  test('of a page of reads is told, and the next run makes up for it', async () => {
    const world = new World();
    const key = oneKey(world);
    world.requests(key.subscriptionId, key.keyId, surge);
    world.now += hour;
    const reach: Reach = async (command, of) => {
      if (JSON.stringify((of as UpdateCommand).input).includes('"usage"')) throw new Error('throttled');
      return command();
    };
    expect(await world.run(reach)).toMatchObject({ looked: 0, failed: 1 });
    expect(await world.run()).toMatchObject({ opened: 1, failed: 0 });
  });

  test('what is usual cannot be read: it is learned anew', async () => {
    const world = new World();
    const key = oneKey(world);
    world.requests(key.subscriptionId, key.keyId, surge);
    world.log(keySubject(key.keyId), { model: '{"v":0}' });
    expect(await world.nextRun()).toMatchObject({ looked: 2, opened: 0, failed: 0 });
  });
});

describe('an owner', () => {
  test('who expected it hears no more of it until it has ended, and of the next one again', async () => {
    const world = new World();
    const key = oneKey(world);
    world.requests(key.subscriptionId, key.keyId, surge);
    await world.nextRun();
    answer(world, 'expected');
    world.requests(key.subscriptionId, key.keyId, 2 * surge);
    expect(await world.nextRun()).toMatchObject({ opened: 0, updated: 0, closed: 0 });
    expect(world.activity(keySubject(key.keyId))?.incidents).toMatchObject({ 'surge/': {} });
    let hours = 0;
    while (world.activity(keySubject(key.keyId))?.incidents !== undefined && hours++ < 60)
      await usualHours(world, key, 1);
    expect(world.alerts()).toMatchObject([{ closedBecause: 'expected' }]);
    await usualHours(world, key, 24 * 7);
    world.requests(key.subscriptionId, key.keyId, 2 * surge);
    expect(await world.nextRun()).toMatchObject({ opened: 1 });
  });

  test('who gave the key a new secret hears of it again where it goes on by the next hour', async () => {
    const world = new World();
    const key = oneKey(world);
    world.requests(key.subscriptionId, key.keyId, surge);
    await world.nextRun();
    // Ten minutes into the hour, of which a part came before.
    world.now += 10 * 60_000;
    answer(world, 'rotate');
    world.requests(key.subscriptionId, key.keyId, surge);
    world.now += 50 * 60_000;
    expect(await world.run()).toMatchObject({ opened: 0 });
    world.requests(key.subscriptionId, key.keyId, surge);
    expect(await world.nextRun()).toMatchObject({ opened: 1 });
    expect(world.alerts().map(({ status }) => status)).toEqual(['closed', 'open']);
  });

  test('who gave the key a new secret because of a new network hears of that network again', async () => {
    const world = new World();
    const key = oneKey(world);
    const use = (...networks: string[]) => {
      world.requests(key.subscriptionId, key.keyId, usual);
      world.log(keySubject(key.keyId), { networks: new Set(networks) });
      return world.nextRun();
    };
    for (let hours = 0; hours < 8 * 24; hours++) await use('198.51.100.0/24');
    expect(await use('203.0.113.0/24')).toMatchObject({ opened: 1 });
    answer(world, 'rotate');
    expect(await use('198.51.100.0/24')).toMatchObject({ opened: 0 });
    expect(await use('203.0.113.0/24')).toMatchObject({ opened: 1 });
    expect(world.alerts().map(({ status, of }) => [status, of])).toEqual([
      ['closed', '203.0.113.0/24'],
      ['open', '203.0.113.0/24'],
    ]);
  });

  test('who gave the key a new secret hears of that network again though it never paused', async () => {
    const world = new World();
    const key = oneKey(world);
    const use = (...networks: string[]) => {
      world.requests(key.subscriptionId, key.keyId, usual);
      world.log(keySubject(key.keyId), { networks: new Set(['198.51.100.0/24', ...networks]) });
      return world.nextRun();
    };
    for (let hours = 0; hours < 8 * 24; hours++) await use();
    expect(await use('203.0.113.0/24')).toMatchObject({ opened: 1 });
    world.now += 20 * 60_000;
    answer(world, 'rotate');
    world.now -= 20 * 60_000;
    // This hour began before the answer.
    expect(await use('203.0.113.0/24')).toMatchObject({ opened: 0 });
    expect(await use('203.0.113.0/24')).toMatchObject({ opened: 1 });
    expect(await use('203.0.113.0/24')).toMatchObject({ opened: 0 });
    expect(world.alerts().map(({ status }) => status)).toEqual(['closed', 'open']);
  });

  test('of a key that went silent is told, but not of one that is suspended', async () => {
    const world = new World();
    const [left, suspended] = [oneKey(world, 'Left'), oneKey(world, 'Suspended')];
    for (const key of [left, suspended]) await usualHours(world, key, 1);
    world.suspend(suspended.keyId);
    for (let hours = 0; hours < 48; hours++) await world.nextRun();
    expect(world.alerts()).toMatchObject([{ kind: 'silence', keyId: left.keyId, status: 'open' }]);
    await usualHours(world, left, 6);
    expect(world.alerts()[0]).toMatchObject({ kind: 'silence', status: 'closed', closedBecause: 'over' });
  });

  test('of a suspended key that its client goes on using hears nothing, and nothing of it is taken for usual', async () => {
    const world = new World();
    const key = oneKey(world);
    await usualHours(world, key, 1);
    const before = JSON.parse(world.activity(keySubject(key.keyId))?.model ?? '');
    world.suspend(key.keyId);
    for (let hours = 1; hours <= 30; hours++) {
      world.log(keySubject(key.keyId), { refused401: hours * 500 });
      await world.nextRun();
    }
    expect(world.alerts()).toEqual([]);
    const { refusals, ...model } = JSON.parse(world.activity(keySubject(key.keyId))?.model ?? '');
    expect([before.refusals, refusals, model.surge]).toEqual([{}, {}, undefined]);

    world.resume(key.keyId);
    world.log(keySubject(key.keyId), { refused401: 30 * 500 + 400 });
    expect(await world.nextRun()).toMatchObject({ failed: 0 });
    expect(world.alerts()).toMatchObject([
      { kind: 'refusals', of: '401', explanation: expect.stringContaining('400 requests were refused') },
    ]);
  });

  test('who revokes a key hears no more of it, and nothing of it is awaited any more', async () => {
    const world = new World();
    const key = oneKey(world);
    world.requests(key.subscriptionId, key.keyId, surge);
    await world.nextRun();
    world.revoke(key.subscriptionId, key.keyId);
    world.log(keySubject(key.keyId), { refused401: 5_000, networks: new Set(['198.51.100.0/24']) });
    expect(await world.nextRun()).toMatchObject({ opened: 0, closed: 1, failed: 0 });
    expect(world.alerts()).toMatchObject([{ status: 'closed', closedBecause: 'key-ended' }]);
    for (const subject of [keySubject(key.keyId), subscriptionSubject(key.subscriptionId)]) {
      const item = world.activity(subject);
      const kept = ['lookAt', 'dueShard', 'incidents', 'model', 'networks'].filter(
        (name) => name in (item ?? {}),
      );
      expect(kept, subject).toEqual([]);
      expect(item?.ttl, subject).toBeLessThanOrEqual(world.now / 1000 + (7 * day) / 1000);
    }
  });
});

describe('a subscription', () => {
  const subscriptionId = 'sub_Two00000000000000000';
  const keyIds = ['One000000000', 'Two000000000'] as const;

  function twoKeys(): World {
    const world = new World();
    world.subscribe(subscriptionId, keyIds);
    world.withHistory(subscriptionSubject(subscriptionId), subscriptionId);
    return world;
  }

  test('is told of what only the sum of its keys shows', async () => {
    const world = twoKeys();
    for (const keyId of keyIds) world.requests(subscriptionId, keyId, surge);
    expect(await world.nextRun()).toMatchObject({ opened: 1 });
    const [alert] = world.alerts();
    expect(alert).toMatchObject({ kind: 'surge', subscriptionId });
    expect(alert?.keyId).toBeUndefined();
  });

  test('is not told again what a key of it shows, nor where one key is all that is in use', async () => {
    const world = twoKeys();
    world.withHistory(keySubject(keyIds[0]), subscriptionId);
    for (const keyId of keyIds) world.requests(subscriptionId, keyId, surge);
    await world.nextRun();
    expect(world.alerts().map(({ keyId, kind }) => [keyId, kind])).toEqual([[keyIds[0], 'surge']]);

    const other = twoKeys();
    other.suspend(keyIds[1]);
    other.requests(subscriptionId, keyIds[0], surge);
    await other.nextRun();
    expect(other.alerts()).toEqual([]);
  });

  test('hears of it from the key that begins to show what was told of the whole', async () => {
    const world = twoKeys();
    for (const keyId of keyIds) world.requests(subscriptionId, keyId, surge);
    await world.nextRun();
    world.withHistory(keySubject(keyIds[0]), subscriptionId);
    for (const keyId of keyIds) world.requests(subscriptionId, keyId, surge);
    await world.nextRun();
    expect(world.alerts().map(({ keyId, kind, status }) => [keyId, kind, status])).toEqual([
      [undefined, 'surge', 'closed'],
      [keyIds[0], 'surge', 'open'],
    ]);
  });

  test('is told the highest threshold of its quota that is passed, once for each', async () => {
    const world = new World();
    world.subscribe(subscriptionId, [keyIds[0]], 'free');
    const use = async (count: number) => {
      world.requests(subscriptionId, keyIds[0], count);
      await world.nextRun();
    };
    await use(40);
    expect(world.alerts()).toEqual([]);
    await use(12);
    await use(1);
    expect(world.alerts()).toMatchObject([
      { kind: 'quota-threshold', of: '2026-11/50', status: 'open', severity: 'info' },
    ]);
    await use(47);
    expect(world.alerts().map(({ of, status }) => [of, status])).toEqual([
      ['2026-11/50', 'closed'],
      ['2026-11/100', 'open'],
    ]);
    // The month is over, and nobody has come back.
    world.now = Date.parse('2026-12-01T00:00:05Z');
    await world.run();
    expect(world.alerts().filter(({ status }) => status === 'open')).toEqual([]);
  });

  test('that is not there any more has nothing that is open', async () => {
    const world = twoKeys();
    for (const keyId of keyIds) world.requests(subscriptionId, keyId, surge);
    await world.nextRun();
    for (const keyId of keyIds) world.revoke(subscriptionId, keyId);
    for (let hours = 0; hours < 3; hours++) await world.nextRun();
    expect(world.alerts()).toMatchObject([{ status: 'closed', closedBecause: 'key-ended' }]);
  });
});

test('requests that belong to no key are told to admins when many are refused, and nothing else of them', async () => {
  const world = new World();
  world.log(apiSubject, { refused401: 3 });
  expect(await world.nextRun()).toMatchObject({ looked: 1, opened: 0, failed: 0 });
  // Long enough to know what is usual.
  world.now += 4 * day;
  world.log(apiSubject, { refused401: 50_000 });
  expect(await world.nextRun()).toMatchObject({ opened: 1 });
  expect(world.alerts()).toMatchObject([{ subscriptionId: 'platform', kind: 'refusals', of: '401' }]);
  expect(world.alerts()[0]?.keyId).toBeUndefined();
});
