import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { keySubject } from '../../functions/alerts/rules/activity-item.ts';
import type { Reach } from './memory-tables.ts';
import { oneKey, usual, World } from './world.ts';

const surge = 50 * usual;

/** A key of a tier with a policy, which is used far more than usual in the hour that begins now. */
function scene() {
  const world = new World();
  world.suspensionPolicy = { enterprise: 'warning' };
  const key = oneKey(world);
  world.requests(key.subscriptionId, key.keyId, surge);
  return { world, key, suspensions: () => world.key(key.keyId)?.suspensions };
}

const writesKeys = (command: unknown) =>
  command instanceof TransactWriteCommand &&
  command.input.TransactItems?.some(({ Put }) => Put?.TableName === 'keys');

describe('by policy, the run itself', () => {
  test('suspends the key of what it has found, before anybody is told', async () => {
    const { world, suspensions } = scene();
    expect(await world.nextRun()).toMatchObject({ opened: 1, failed: 0 });
    const [alert] = world.alerts();
    const at = new Date(world.now).toISOString();
    expect(alert).toMatchObject({ kind: 'surge', status: 'open', suspended: { at }, revision: 2 });
    expect(suspensions()).toEqual({
      anomaly: expect.objectContaining({ at, by: 'detect-anomalies', alertIds: [alert?.alertId] }),
    });
  });

  test('suspends nothing of a tier without one, nor where it is less severe than the policy wants', async () => {
    for (const policy of [{}, { free: 'warning' }] as const) {
      const { world, suspensions } = scene();
      world.suspensionPolicy = policy;
      await world.nextRun();
      expect([world.alerts()[0]?.revision, suspensions()]).toEqual([1, {}]);
    }
    const { world, key, suspensions } = scene();
    world.suspensionPolicy = { enterprise: 'critical' };
    world.revoke(key.subscriptionId, key.keyId);
    await world.nextRun();
    expect(suspensions()).toEqual({});
  });

  test('loses nothing of a look where suspending fails; it is counted, and the next look suspends', async () => {
    const { world, key, suspensions } = scene();
    const other = oneKey(world, 'B');
    world.requests(other.subscriptionId, other.keyId, surge);
    const failing: Reach = async (command, of) => {
      if (writesKeys(of) && JSON.stringify(of).includes(key.keyId)) throw new Error('the table is away');
      return command();
    };
    expect(await world.nextRun(failing)).toMatchObject({ looked: 4, opened: 2, failed: 1 });
    expect([suspensions(), Object.keys(world.key(other.keyId)?.suspensions ?? {})]).toEqual([
      {},
      ['anomaly'],
    ]);
    world.requests(key.subscriptionId, key.keyId, surge);
    expect(await world.nextRun()).toMatchObject({ failed: 0 });
    expect(Object.keys(suspensions() ?? {})).toEqual(['anomaly']);
  });

  test('leaves a key alone that its owner has let go on', async () => {
    const { world, key, suspensions } = scene();
    await world.nextRun();
    world.resume(key.keyId);
    world.requests(key.subscriptionId, key.keyId, surge);
    await world.nextRun();
    expect(suspensions()).toEqual({});
  });

  test('suspends nothing for what an old secret did; where it goes on with the new one, the next run does', async () => {
    const { world, key, suspensions } = scene();
    world.rotate(key.keyId, world.now + 40 * 60_000);
    expect(await world.nextRun()).toMatchObject({ opened: 1 });
    expect([world.alerts()[0]?.suspended, suspensions()]).toEqual([undefined, {}]);

    world.requests(key.subscriptionId, key.keyId, usual);
    await world.nextRun();
    expect(suspensions()).toEqual({});

    world.requests(key.subscriptionId, key.keyId, surge);
    await world.nextRun();
    const [alert, ...more] = world.alerts();
    expect(more).toEqual([]);
    expect(alert?.suspended).toEqual({ at: new Date(world.now).toISOString() });
    expect(Object.keys(suspensions() ?? {})).toEqual(['anomaly']);
  });

  test('does so for a network that goes on, though its alert has nothing new to tell', async () => {
    const world = new World();
    world.suspensionPolicy = { enterprise: 'warning' };
    const key = oneKey(world);
    const from = (network: string) => {
      world.requests(key.subscriptionId, key.keyId, usual);
      world.log(keySubject(key.keyId), { networks: new Set([network]) });
    };
    for (let hours = 0; hours < 8 * 24; hours++) {
      from('198.51.100.0/24');
      await world.nextRun();
    }
    from('203.0.113.0/24');
    world.rotate(key.keyId, world.now + 40 * 60_000);
    await world.nextRun();
    expect([world.alerts().map(({ kind }) => kind), world.key(key.keyId)?.suspensions]).toEqual([
      ['new-network'],
      {},
    ]);
    from('203.0.113.0/24');
    await world.nextRun();
    expect(Object.keys(world.key(key.keyId)?.suspensions ?? {})).toEqual(['anomaly']);
  });
});
