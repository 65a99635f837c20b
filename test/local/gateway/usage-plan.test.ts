import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createClock } from '../../../local/clock.ts';
import { createLedger } from '../../../local/gateway/ledger.ts';
import { createTokenBucket } from '../../../local/gateway/token-bucket.ts';
import { openState } from '../../../local/state.ts';
import type { UsageKey } from '../../../local/usage.ts';
import {
  allow,
  api,
  authorized,
  authorizer,
  keyed,
  method,
  plan,
  registry,
  restApi,
  stage,
  start,
  stopAll,
  usageKey,
  withKey,
} from './support.ts';

afterEach(stopAll);

const metered = (properties: Record<string, unknown>, methodThrottles: Record<string, unknown> = {}) =>
  api(
    method('GET', '/thing', keyed),
    method('GET', '/other', keyed),
    authorizer(),
    plan(properties, methodThrottles),
  );
const monthly = (limit: number) => metered({ Quota: { Limit: limit, Period: 'MONTH' } });
const total = (days: Readonly<Record<string, number>>) =>
  Object.values(days).reduce((sum, used) => sum + used, 0);

describe('usage keys', () => {
  it('refuses a disabled key', async () => {
    const key: UsageKey = { ...usageKey, enabled: false };
    const gateway = await start(metered({}), {}, { usageKeys: registry({ key: { key, plans: ['plan'] } }) });
    expect((await gateway.send('GET', '/thing', withKey)).status).toBe(403);
  });

  it('refuses a key that is on no plan, or on a plan of another stage', async () => {
    const key = { ...usageKey };
    const none = await start(metered({}), {}, { usageKeys: registry({ key: { key, plans: [] } }) });
    expect((await none.send('GET', '/thing', withKey)).status).toBe(403);
    const elsewhere = await start(metered({ ApiStages: [{ ApiId: 'api', Stage: 'v2' }] }));
    expect((await elsewhere.send('GET', '/thing', withKey)).status).toBe(403);
  });

  it('does not take the X-API-Key header for a usage key where the source is the authorizer', async () => {
    const gateway = await start(metered({}), { authorizer: () => allow({ usageIdentifierKey: undefined }) });
    const answer = await gateway.send('GET', '/thing', { headers: { 'X-API-Key': usageKey.value } });
    expect(answer.status).toBe(403);
  });

  it('takes the X-API-Key header where the source is HEADER', async () => {
    const gateway = await start(
      api(restApi({ ApiKeySourceType: 'HEADER' }), method('GET', '/thing', { ApiKeyRequired: true }), plan()),
    );
    expect((await gateway.send('GET', '/thing', { headers: { 'x-api-key': usageKey.value } })).status).toBe(
      200,
    );
    expect((await gateway.send('GET', '/thing')).status).toBe(403);
  });
});

describe('throttles', () => {
  const slow = { RateLimit: 0.0001, BurstLimit: 3 };

  it('admits exactly the burst of a key, over all methods, and refills with the clock', async () => {
    const gateway = await start(metered({ Throttle: slow }));
    const burst = async () => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          gateway.send('GET', index % 2 ? '/thing' : '/other', withKey),
        ),
      );
      return answers.filter(({ status }) => status === 200).length;
    };
    expect(await burst()).toBe(3);
    await gateway.clock.moveTo(gateway.clock.now() + 86_400_000);
    expect(await burst()).toBe(3);
  });

  it('does not count what it refuses', async () => {
    const gateway = await start(metered({ Throttle: slow, Quota: { Limit: 100, Period: 'MONTH' } }));
    await Promise.all(Array.from({ length: 10 }, () => gateway.send('GET', '/thing', withKey)));
    expect(total(gateway.ledger.daily('plan', 'key1'))).toBe(3);
  });

  it("lets a method's own throttle stand in for the plan's", async () => {
    const gateway = await start(
      metered({ Throttle: { RateLimit: 0.0001, BurstLimit: 1 } }, { '/thing/GET': slow }),
    );
    const statuses: number[] = [];
    for (const path of ['/thing', '/thing', '/thing', '/thing', '/other', '/other']) {
      statuses.push((await gateway.send('GET', path, withKey)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 200, 429]);
  });

  it('keeps one bucket a key', async () => {
    const other: UsageKey = { id: 'key2', value: 'c'.repeat(20), name: 'two', enabled: true };
    const usageKeys = registry({
      one: { key: usageKey, plans: ['plan'] },
      two: { key: other, plans: ['plan'] },
    });
    const gateway = await start(
      metered({ Throttle: { RateLimit: 0.0001, BurstLimit: 1 } }),
      { authorizer: ({ headers }) => allow({ usageIdentifierKey: headers['X-Api-Key'] }) },
      { usageKeys },
    );
    const status = async (value: string) =>
      (await gateway.send('GET', '/thing', { headers: { 'X-API-Key': value } })).status;
    expect([await status(usageKey.value), await status(usageKey.value), await status(other.value)]).toEqual([
      200, 429, 200,
    ]);
  });

  it("holds the stage's setting of one method against every caller, without a usage key", async () => {
    const gateway = await start(
      api(
        method('GET', '/usage', authorized),
        method('GET', '/free', {}),
        authorizer(),
        stage({
          MethodSettings: [
            { HttpMethod: '*', ResourcePath: '/*' },
            {
              HttpMethod: 'GET',
              ResourcePath: '/~1usage',
              ThrottlingRateLimit: 0.0001,
              ThrottlingBurstLimit: 2,
            },
          ],
        }),
      ),
    );
    const statuses: number[] = [];
    for (const path of ['/usage', '/usage', '/usage', '/free', '/free', '/free']) {
      statuses.push((await gateway.send('GET', path, withKey)).status);
    }
    expect(statuses).toEqual([200, 200, 429, 200, 200, 200]);
  });

  it('never admits more than burst + rate × time, in whatever steps the time comes (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { maxLength: 200 }),
        (burst, rate, steps) => {
          const bucket = createTokenBucket({ rate, burst });
          let time = 1000;
          let forward = 0;
          let taken = 0;
          for (const step of steps) {
            time += step;
            forward += Math.max(0, step);
            if (bucket.has(time)) {
              bucket.take(time);
              taken++;
            }
          }
          expect(taken).toBeLessThanOrEqual(burst + rate * forward + 1e-6);
        },
      ),
    );
  });
});

describe('quotas', () => {
  it('gives exactly 100 of 1,000 parallel requests where 100 are left', async () => {
    const gateway = await start(monthly(120));
    for (let sent = 0; sent < 20; sent++) await gateway.send('GET', '/thing', withKey);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => gateway.send('GET', '/thing', withKey)),
    );
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([count(200), count(429)]).toEqual([100, 900]);
    expect(total(gateway.ledger.daily('plan', 'key1'))).toBe(120);
  });

  it('counts an admitted request whatever its answer, and none that the quota refused', async () => {
    const gateway = await start(monthly(2), { backend: () => ({ statusCode: 400, body: '{}' }) });
    const statuses: number[] = [];
    for (let sent = 0; sent < 4; sent++) statuses.push((await gateway.send('GET', '/thing', withKey)).status);
    expect(statuses).toEqual([400, 400, 429, 429]);
    const today = new Date(gateway.clock.now()).toISOString().slice(0, 10);
    expect(gateway.ledger.daily('plan', 'key1')).toEqual({ [today]: 2 });
  });

  it('begins anew with the calendar month in UTC, and not before', async () => {
    const gateway = await start(monthly(1));
    const now = new Date(gateway.clock.now());
    const nextMonth = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
    const afterNext = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 2, 1);
    const status = async () => (await gateway.send('GET', '/thing', withKey)).status;
    await gateway.clock.moveTo(nextMonth);
    expect([await status(), await status()]).toEqual([200, 429]);
    await gateway.clock.moveTo(afterNext - 60_000);
    expect(await status()).toBe(429);
    await gateway.clock.moveTo(afterNext);
    expect([await status(), await status()]).toEqual([200, 429]);
  });

  it('keeps its counts over a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
    const path = join(folder, 'state.db');
    try {
      const statuses: number[] = [];
      for (let run = 0; run < 3; run++) {
        const state = openState(path);
        const gateway = await start(monthly(2), {}, { state });
        statuses.push((await gateway.send('GET', '/thing', withKey)).status);
        await gateway.close();
        state.close();
      }
      expect(statuses).toEqual([200, 200, 429]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('forgets no admitted request when its process is killed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
    const path = join(folder, 'state.db');
    try {
      const child = spawn(process.execPath, [
        '--disable-warning=ExperimentalWarning',
        join(import.meta.dirname, 'admit-until-killed.ts'),
        path,
      ]);
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.length > 2_000) child.kill('SIGKILL');
      });
      await once(child, 'close');
      const admitted = Number(said.split('\n').at(-2));
      const state = openState(path);
      const kept = total(createLedger(state).daily('plan', 'key'));
      state.close();
      expect(admitted).toBeGreaterThan(100);
      // It may have been killed between counting and saying so.
      expect(kept).toBeGreaterThanOrEqual(admitted);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['DAY', '2026-11-21T23:59:59Z', '2026-11-22T00:00:00Z'],
    // 2026-11-22 is a Sunday.
    ['WEEK', '2026-11-21T23:59:59Z', '2026-11-22T00:00:00Z'],
    ['MONTH', '2026-11-30T23:59:59Z', '2026-12-01T00:00:00Z'],
  ] as const)('ends a %s with its calendar', (period, last, first) => {
    const ledger = createLedger(openState(':memory:'));
    const limited = {
      id: 'plan',
      throttle: undefined,
      methodThrottles: new Map(),
      quota: { limit: 1, period },
    };
    const admit = (time: string) => ledger.admit(limited, 'key', Date.parse(time));
    expect([admit(last), admit(last), admit(first), admit(first)]).toEqual([true, false, true, false]);
    expect(total(ledger.daily('plan', 'key'))).toBe(2);
  });

  it('counts for GetUsage where a plan has no quota, and keeps keys whose ids begin alike apart', () => {
    const ledger = createLedger(openState(':memory:'));
    const free = { id: 'plan', throttle: undefined, methodThrottles: new Map(), quota: undefined };
    ledger.admit(free, 'key', Date.UTC(2026, 10, 23));
    ledger.admit(free, 'key1', Date.UTC(2026, 10, 23));
    expect(ledger.daily('plan', 'key')).toEqual({ '2026-11-23': 1 });
  });

  it('admits no more than the limit in any sequence of restarts (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.array(fc.boolean(), { maxLength: 30 }),
        (limit, restarts) => {
          const state = openState(':memory:');
          const limited = {
            id: 'plan',
            throttle: undefined,
            methodThrottles: new Map(),
            quota: { limit, period: 'MONTH' as const },
          };
          let ledger = createLedger(state);
          let admitted = 0;
          for (const restart of restarts) {
            if (restart) ledger = createLedger(state);
            if (ledger.admit(limited, 'key', createClock({ state }).now())) admitted++;
          }
          expect(admitted).toBe(Math.min(limit, restarts.length));
        },
      ),
      { numRuns: 25 },
    );
  });
});
