import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMovedDate } from '../../../local/lambda/worker/moved-date.ts';
import { type Harness, startHarness } from './lambda-harness.ts';

const DAY = 86_400_000;

describe('the moved Date', () => {
  const anyOffset = fc.integer({ min: -1000, max: 50 * 366 * DAY });

  test('tells the current time shifted by the offset, in each of its forms', () => {
    fc.assert(
      fc.property(anyOffset, (offset) => {
        const Moved = createMovedDate(Date, () => offset);
        const before = Date.now() + offset;
        const told = [Moved.now(), new Moved().getTime(), Date.parse(Moved())];
        for (const time of told) {
          // The textual form has whole seconds.
          expect(time).toBeGreaterThanOrEqual(before - 1000);
          expect(time).toBeLessThanOrEqual(Date.now() + offset);
        }
      }),
    );
  });

  test('leaves every other time as it is', () => {
    const Moved = createMovedDate(Date, () => 83 * DAY);
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(new Moved(date).getTime()).toBe(date.getTime());
        expect(new Moved(date.getTime()).toISOString()).toBe(date.toISOString());
        expect(Moved.parse(date.toISOString())).toBe(date.getTime());
      }),
    );
    expect(Moved.UTC(2027, 0)).toBe(Date.UTC(2027, 0));
    expect(new Moved(2027, 0, 31).getTime()).toBe(new Date(2027, 0, 31).getTime());
  });

  test('is the same type as Date, for subclasses and clones too', () => {
    const Moved = createMovedDate(Date, () => DAY);
    class Special extends Moved {}
    expect(new Moved()).toBeInstanceOf(Date);
    expect(new Date()).toBeInstanceOf(Moved);
    expect(structuredClone(new Moved())).toBeInstanceOf(Moved);
    expect(new Special()).toBeInstanceOf(Special);
    expect(new Special().getTime()).toBeGreaterThan(Date.now());
    expect(Moved.name).toBe('Date');
  });
});

describe('a function on the moved clock', () => {
  let harness: Harness;
  const code = `export const handler = async () => {
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
    return {
      now: Date.now(),
      iso: new Date().toISOString(),
      clone: structuredClone(new Date()) instanceof Date,
      made: new Date(0).constructor === Date,
      waited: performance.now() - start,
    };
  };`;
  beforeAll(async () => {
    harness = await startHarness({ dated: { code, properties: { Timeout: 2 } } });
  });
  afterAll(() => harness.close());

  test('sees a move at once, in a warm instance', async () => {
    const told = async () => (await harness.invoke('dated')).payload as { now: number; iso: string };
    expect(Math.abs((await told()).now - Date.now())).toBeLessThan(5000);
    const target = Date.now() + 83 * DAY;
    await harness.clock.moveTo(target);
    const after = await told();
    expect(after.now).toBeGreaterThanOrEqual(target);
    expect(after.now - target).toBeLessThan(5000);
    expect(Math.abs(Date.parse(after.iso) - after.now)).toBeLessThan(1000);
    expect(after).toMatchObject({ clone: true, made: true });
  });

  test('is not timed out by a move, and its timers run in real time', async () => {
    const running = harness.invoke('dated');
    await harness.clock.moveTo(harness.clock.now() + 10 * DAY);
    const { error, payload } = await running;
    expect(error).toBeUndefined();
    const { waited } = payload as { waited: number };
    expect(waited).toBeGreaterThan(15);
    expect(waited).toBeLessThan(2000);
  });
});
