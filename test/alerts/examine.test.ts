import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Examined,
  examine,
  isModel,
  type Model,
  type Sight,
} from '../../functions/alerts/rules/index.ts';
import { hour, kindsOf, start, steadily, watched } from './traffic.ts';

type Seen = Omit<Sight, 'from' | 'to'> & { hours: number };

const network = fc.oneof(
  fc.ipV4().map((ip) => `${ip.split('.').slice(0, 3).join('.')}.0/24`),
  fc.stringMatching(/^[0-9a-f]{1,4}:[0-9a-f]{1,4}:[0-9a-f]{1,4}::\/48$/),
);
const requests = fc.oneof(fc.constant(0), fc.nat(50), fc.nat(100_000), fc.nat(1e12));
const seen: fc.Arbitrary<Seen> = fc.record({
  hours: fc.oneof(
    fc.constant(1),
    fc.double({ min: 0.0003, max: 3, noNaN: true }),
    fc.integer({ min: 1, max: 20_000 }),
  ),
  requests,
  refused: fc.record({ '401': requests, '403': requests, '429': requests }, { requiredKeys: [] }),
  networks: fc.array(network, { maxLength: 40 }),
});

function lookAt(sights: readonly Seen[], known?: Model): Examined[] {
  let through = start;
  let model = known;
  return sights.map(({ hours, ...sight }) => {
    const from = through;
    through = from + Math.max(1, Math.round(hours * hour));
    const examined = examine(model, { ...sight, from, to: through, quota: quotaAt(through) });
    model = examined.model;
    return examined;
  });
}

const quotaAt = (at: number) => ({
  period: new Date(at).toISOString().slice(0, 7),
  used: at % 10_000,
  limit: 10_000,
});

describe('whatever a look sees', () => {
  test('the model stays small, is JSON, and comes back from it as it was', () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 60 }), (sights) => {
        for (const { model } of lookAt(sights)) {
          const text = JSON.stringify(model);
          expect(text.length).toBeLessThan(4_096);
          expect(JSON.parse(text)).toEqual(model);
          expect(isModel(JSON.parse(text))).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('no figure is negative or no number, and the next look is later', () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 60 }), (sights) => {
        for (const { model, signals, lookAt: next } of lookAt(sights)) {
          for (const fact of signals.flatMap(({ facts }) => Object.values(facts))) {
            if (typeof fact === 'number') expect(fact).toBeGreaterThanOrEqual(0);
          }
          for (const { explanation } of signals)
            expect(explanation).not.toMatch(/NaN|undefined|Infinity|-\d/);
          // `null` is what JSON makes of NaN and of infinities.
          expect(JSON.stringify(model)).not.toContain('null');
          for (const { sum, weight } of [model.level, model.recent])
            expect(Math.min(sum, weight)).toBeGreaterThanOrEqual(0);
          if (next !== undefined) expect(next).toBeGreaterThan(model.through);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('the same sights give the same answers, and the model handed in is left as it was', () => {
    fc.assert(
      fc.property(fc.array(seen, { minLength: 1, maxLength: 30 }), (sights) => {
        const first = lookAt(sights);
        expect(lookAt(sights)).toEqual(first);
        const [last] = first.slice(-1);
        const before = JSON.stringify(last?.model);
        lookAt(sights, last?.model);
        expect(JSON.stringify(last?.model)).toBe(before);
      }),
      { numRuns: 20 },
    );
  });

  test('there is at most one signal of a kind and what distinguishes it', () => {
    fc.assert(
      fc.property(fc.array(seen, { maxLength: 60 }), (sights) => {
        for (const { signals } of lookAt(sights)) {
          const ids = signals.map(({ kind, of }) => `${kind} ${of}`);
          expect(new Set(ids).size).toBe(ids.length);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('how a time is cut into looks', () => {
  test('matters little: two halves of an hour raise nothing that the hour would not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(40), { minLength: 24 * 8, maxLength: 24 * 12 }),
        fc.nat(59),
        (counts, minute) => {
          const [whole, halves] = [watched(), watched()];
          const told: string[] = [];
          for (const count of counts) {
            const expected = kindsOf(whole.look({ requests: count }));
            const first = Math.round((count * (minute + 1)) / 61);
            told.push(...kindsOf(halves.look({ requests: first }, (minute + 1) / 61)));
            const to = whole.now;
            told.push(...kindsOf(halves.look({ requests: count - first, to }, 0)));
            expect(expected).toEqual([]);
          }
          expect(told).toEqual([]);
          const levelOf = ({ level }: Model) => level.sum / level.weight;
          const difference = levelOf(halves.model) / levelOf(whole.model);
          expect(difference).toBeGreaterThan(0.8);
          expect(difference).toBeLessThan(1.25);
        },
      ),
      { numRuns: 10 },
    );
  });

  test('does not hide a surge: an hour told as a whole is told in halves', () => {
    const key = watched();
    key.live(21, steadily);
    key.look({ requests: 300 }, 0.5);
    expect(kindsOf(key.look({ requests: 300 }, 0.5))).toEqual(['surge']);
  });

  test('years without requests cost no more than a moment', () => {
    const key = watched();
    key.live(14, steadily);
    const began = performance.now();
    for (let number = 0; number < 20; number++) key.look({}, 24 * 365 * 10);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(kindsOf(key.look({ requests: 5 }))).toEqual(['woke-up']);
  });
});

test('what is stored by another version, or is no model, is told apart', () => {
  const key = watched();
  key.look();
  expect(isModel(key.model)).toBe(true);
  for (const other of [
    undefined,
    null,
    {},
    { ...key.model, v: 2 },
    { ...key.model, day: { sum: [1], weight: [1] } },
  ]) {
    expect(isModel(other)).toBe(false);
  }
});

test('a first look tells nothing but the quota, whatever it sees', () => {
  const { signals } = examine(undefined, {
    from: start,
    to: start + hour,
    requests: 1e6,
    refused: { '401': 1e6 },
    networks: ['198.51.100.0/24'],
    quota: { period: '2026-10', used: 1e6, limit: 1e6 },
  });
  expect(signals.map(({ kind, of }) => `${kind} ${of}`)).toEqual(['quota-threshold 2026-10/100']);
});
