import { describe, expect, test } from 'vitest';
import { type AnswerDependencies, answerAlert } from '../../functions/accounts/answer-alert.ts';
import type { AlertAnswer, AlertItem } from '../../functions/alerts/rules/index.ts';
import { createAlertStore } from '../../functions/alerts/stores/alert-store.ts';
import { held } from '../../functions/keys/rules/holding.ts';
import { hashKey, matchesHash } from '../../functions/keys/rules/key-format.ts';
import type { KeyItem } from '../../functions/keys/rules/key-item.ts';
import { newKey } from '../../functions/keys/rules/lifecycle.ts';
import { createIdempotencyStore } from '../../functions/keys/stores/idempotency-store.ts';
import { createKeyStore } from '../../functions/keys/stores/key-store.ts';
import { createOwnerActs } from '../../functions/keys/stores/owner-acts.ts';
import { createSubscriptionStore } from '../../functions/subscriptions/stores/subscription-store.ts';
import { pepper, peppers, policy } from '../delivery/year/functions.ts';
import { type Item, MemoryTables, type Reach } from '../delivery/year/memory-tables.ts';

/** Answers whose process dies at any moment, or whose answer is lost, and that are given again. */

const subscriptionId = 'sub_0123456789AbCdEfGhIj';
const keyId = '0AbCdEfGhIjK';
const alertId = `alert_${'0'.repeat(26)}`;
const begun = new Date('2026-11-27T10:00:00.000Z');
const change = {
  action: 'test',
  actor: { kind: 'system' as const, id: 'a test' },
  requestId: 'before',
  at: begun.toISOString(),
};

class World {
  readonly tables = new MemoryTables();
  readonly #sealed = new Map<string, string>();

  constructor() {
    const key = newKey(
      {
        keyId,
        subscriptionId,
        name: 'default',
        prefix: 'user',
        tier: 'free',
        usageKey: 'u',
        secret: { hash: hashKey('the old one', pepper.value), pepper: pepper.name },
      },
      change,
      policy,
    );
    const alert: AlertItem = {
      alertId,
      subscriptionId,
      keyId,
      kind: 'surge',
      of: '',
      severity: 'critical',
      explanation: 'Many requests.',
      facts: {},
      status: 'open',
      openedAt: change.at,
      updatedAt: change.at,
      openShard: 0,
      revision: 1,
      change,
    };
    this.tables.plant('keys', held(key, alertId, change, policy) as unknown as Item);
    this.tables.plant('alerts', alert as unknown as Item);
    this.tables.plant('subscriptions', { subscriptionId, email: 'ada@example.com', revision: 1, change });
  }

  get key(): KeyItem {
    return this.tables.item('keys', { keyId }) as unknown as KeyItem;
  }

  get alert(): AlertItem {
    return this.tables.item('alerts', { alertId }) as unknown as AlertItem;
  }

  compose(reach: Reach): AnswerDependencies {
    const client = this.tables.client(reach);
    return {
      client,
      keys: createKeyStore(client, 'keys'),
      alerts: createAlertStore(client, 'alerts'),
      subscriptions: createSubscriptionStore(client, 'subscriptions'),
      idempotency: createIdempotencyStore(client, 'subscriptions'),
      acts: createOwnerActs('subscriptions'),
      peppers,
      policy,
      handovers: {
        seal: (apiKey) => {
          const ciphertext = `ciphertext-${this.#sealed.size}`;
          this.#sealed.set(ciphertext, apiKey);
          return Promise.resolve(ciphertext);
        },
        open: (ciphertext) => Promise.resolve(this.#sealed.get(ciphertext) ?? 'no such ciphertext'),
      },
    };
  }

  answer(answer: AlertAnswer, reach: Reach = at(-1, 'before').reach, minutes = 0, idempotencyKey?: string) {
    const act = {
      actor: { kind: 'owner' as const, id: subscriptionId },
      requestId: 'r',
      now: new Date(begun.getTime() + minutes * 60_000),
    };
    const request = { subscriptionId, alertId, answer, idempotencyKey };
    return answerAlert(request, act, this.compose(reach));
  }

  /** The secret is the one that requests are admitted by. */
  admits(apiKey: string | undefined): boolean {
    const [secret, ...more] = this.key.secrets;
    return more.length === 0 && matchesHash(apiKey ?? '', pepper.value, secret?.hash ?? '');
  }
}

/** Dies with the command of that number, before it is done or once it is. */
function at(point: number, when: 'before' | 'after'): { reach: Reach; commands: () => number } {
  let count = 0;
  return {
    commands: () => count,
    reach: async (command) => {
      const isHere = count++ === point;
      if (isHere && when === 'before') throw new Error('died');
      const done = command();
      if (isHere) throw new Error('died');
      return done;
    },
  };
}

/** What an answer has led to: all of it, or nothing. */
function isDone({ key, alert }: World, answer: AlertAnswer): boolean {
  const isHeld = key.suspensions.anomaly !== undefined;
  switch (answer) {
    case 'suspend':
      expect(key.suspensions.owner !== undefined).toBe(alert.answer !== undefined);
      break;
    case 'expected':
      expect(isHeld).toBe(alert.answer === undefined);
      break;
    case 'rotate':
      expect([isHeld, key.revision === 2]).toEqual(Array(2).fill(alert.answer === undefined));
  }
  return alert.answer !== undefined;
}

describe.each(['suspend', 'rotate', 'expected'] as const)('the answer %s', (answer) => {
  test.each(['before', 'after'] as const)(
    'dies %s any command: done as a whole or not at all, and given again it is done once',
    async (when) => {
      const whole = at(-1, 'before');
      const undisturbed = new World();
      await undisturbed.answer(answer, whole.reach);
      expect(whole.commands()).toBeGreaterThan(4);
      for (let point = 0; point < whole.commands(); point++) {
        const world = new World();
        await expect(world.answer(answer, at(point, when).reach)).rejects.toThrow('died');
        isDone(world, answer);
        const again = await world.answer(answer, undefined, 9);
        expect(isDone(world, answer)).toBe(true);
        expect(again.alert).toMatchObject({ status: 'closed', closedBecause: answer });
        expect([world.key.revision, world.alert.revision]).toEqual([3, 2]);
        expect(Object.keys(world.key.suspensions)).toEqual(Object.keys(undisturbed.key.suspensions));
        if (answer === 'rotate') expect(world.admits(again.key?.apiKey)).toBe(true);
      }
    },
  );

  test('is taken though detection writes the alert, and somebody the key, between its reads and its write', async () => {
    const world = new World();
    let disturbed = 0;
    const disturbing: Reach = async (command, of) => {
      if (String(of?.constructor.name) === 'TransactWriteCommand' && disturbed++ < 3) {
        const { alert, key } = world;
        if (disturbed % 2 === 1) {
          world.tables.plant('alerts', { ...alert, severity: 'warning', revision: alert.revision + 1 });
        } else {
          world.tables.plant('keys', {
            ...key,
            name: 'renamed',
            revision: key.revision + 1,
          } as unknown as Item);
        }
      }
      return command();
    };
    const { key } = await world.answer(answer, disturbing);
    expect(disturbed).toBe(4);
    expect(world.alert).toMatchObject({ severity: 'warning', status: 'closed', revision: 4 });
    expect(world.key).toMatchObject({ name: 'renamed', revision: 4 });
    if (answer === 'rotate') expect(world.admits(key?.apiKey)).toBe(true);
  });
});

test('"this was me" at the moment in which another alert suspends the key as well leaves it to that one', async () => {
  const world = new World();
  let disturbed = 0;
  await world.answer('expected', async (command, of) => {
    if (String(of?.constructor.name) === 'TransactWriteCommand' && disturbed++ === 0) {
      world.tables.plant('keys', held(world.key, 'alert_another', change, policy) as unknown as Item);
    }
    return command();
  });
  expect(disturbed).toBe(2);
  expect(world.key.suspensions.anomaly?.alertIds).toEqual(['alert_another']);
  expect(world.alert).toMatchObject({ closedBecause: 'expected' });
});

describe('a new secret', () => {
  test('is given again for ten minutes, and then not: the one in use stays', async () => {
    const world = new World();
    const first = await world.answer('rotate');
    expect((await world.answer('rotate', undefined, 9)).key).toEqual(first.key);
    await expect(world.answer('rotate', undefined, 11)).rejects.toThrow(/was answered with a new secret at/);
    await expect(world.answer('rotate', undefined, 1, 'another')).rejects.toThrow(/itself to get another/);
    expect(world.admits(first.key?.apiKey)).toBe(true);
  });

  test('is given once for an alert, though another answer came in between', async () => {
    const world = new World();
    const { key } = await world.answer('rotate');
    await world.answer('expected', undefined, 20);
    await expect(world.answer('rotate', undefined, 30)).rejects.toThrow(
      /was answered with a new secret at 2026-11-27T10:00:00.000Z/,
    );
    expect(world.alert).toMatchObject({ answer: { answer: 'expected' }, rotatedAt: begun.toISOString() });
    expect(world.admits(key?.apiKey)).toBe(true);
  });

  test('can be asked for by another answer after the alert was dismissed', async () => {
    const world = new World();
    await world.answer('expected');
    const { key, alert } = await world.answer('rotate');
    expect(alert).toMatchObject({ closedBecause: 'expected', answer: { answer: 'rotate' } });
    expect(world.admits(key?.apiKey)).toBe(true);
  });
});
