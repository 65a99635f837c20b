import type { Random } from './random.ts';

/** Kinds of keys, by how their traffic goes when nothing is wrong. */
export const trafficKinds = [
  'steady',
  'noisy',
  'diurnal',
  'weekly',
  'growing',
  'bursty',
  'nightly',
  'sparse',
  'changing',
] as const;

export type TrafficKind = (typeof trafficKinds)[number];

export interface Traffic {
  readonly kind: TrafficKind;
  /** The first hour; epoch ms. */
  readonly start: number;
  /** What is usual for each hour: of bursty, nightly and sparse keys, a usual burst. */
  readonly usual: number[];
  /** What came in each hour. */
  readonly requests: number[];
  readonly refused: { '401': number[]; '403': number[]; '429': number[] };
  /** Where it came from in each hour. */
  readonly networks: string[][];
}

/** Keys begin at some hour of the week after this. */
const epoch = Date.UTC(2026, 0, 1);
const hour = 3_600_000;

export function usualTraffic(random: Random, kind: TrafficKind, days: number): Traffic {
  const hours = days * 24;
  const start = epoch + Math.floor(random.next() * 7 * 24) * hour;
  const expected = shapes[kind](random, start, hours);
  const noise = noiseOf(random, kind);
  const requests = expected.map((mean) => random.poisson(mean * noise()));
  const usual = kind === 'bursty' || kind === 'nightly' || kind === 'sparse' ? bursts(requests) : expected;
  return {
    kind,
    start,
    usual,
    requests,
    refused: refusals(random, requests),
    networks: networks(random, requests),
  };
}

type Shape = (random: Random, start: number, hours: number) => number[];

const each = (hours: number, rate: (hour: number) => number): number[] =>
  Array.from({ length: hours }, (_, number) => rate(number));

/** Between a twentieth and all of the day's height, highest at some hour. */
function dayCurve(random: Random): (at: number) => number {
  const noon = random.between(0, 24);
  const depth = random.between(0.3, 0.95);
  const width = random.between(0.8, 2);
  return (at) => 1 - depth + depth * ((1 + Math.cos(((at / hour - noon) / 12) * Math.PI)) / 2) ** width;
}

/** Weekends, and a few holidays that are like weekends, have a part of the traffic. */
function weekCurve(random: Random, start: number, hours: number): (at: number) => number {
  const weekend = random.between(0.03, 0.6);
  const holidays = new Set(
    each(Math.round(hours / 24 / 30), () => Math.floor(start / hour / 24 + (random.next() * hours) / 24)),
  );
  return (at) => {
    const date = Math.floor(at / hour / 24);
    const isWeekend = [0, 6].includes(new Date(at).getUTCDay());
    return isWeekend || holidays.has(date) ? weekend : 1;
  };
}

const shapes: Record<TrafficKind, Shape> = {
  steady: (random, _, hours) => {
    const level = random.scale(2, 1_000);
    return each(hours, () => level);
  },
  noisy: (random, _, hours) => {
    const level = random.scale(5, 1_000);
    const swing = random.between(0.2, 0.5);
    let drift = 0;
    return each(hours, () => {
      drift = 0.9 * drift + swing * Math.sqrt(1 - 0.81) * random.normal();
      return level * Math.exp(drift);
    });
  },
  diurnal: (random, start, hours) => {
    const level = random.scale(5, 1_000);
    const curve = dayCurve(random);
    return each(hours, (number) => level * curve(start + number * hour));
  },
  weekly: (random, start, hours) => {
    const level = random.scale(5, 1_000);
    const [curve, week] = [dayCurve(random), weekCurve(random, start, hours)];
    return each(hours, (number) => level * curve(start + number * hour) * week(start + number * hour));
  },
  growing: (random, start, hours) => {
    const level = random.scale(2, 100);
    const [curve, week] = [dayCurve(random), weekCurve(random, start, hours)];
    const daily = random.between(0.005, 0.04);
    return each(
      hours,
      (number) =>
        level * (1 + daily) ** (number / 24) * curve(start + number * hour) * week(start + number * hour),
    );
  },
  bursty: (random, _, hours) => {
    const size = random.scale(50, 2_000);
    const often = random.scale(1 / 48, 1 / 3);
    const between = random.chance(0.5) ? 0 : random.scale(0.1, 5);
    return each(hours, () => (random.chance(often) ? size * Math.exp(0.4 * random.normal()) : between));
  },
  nightly: (random, start, hours) => {
    const size = random.scale(100, 3_000);
    const at = Math.floor(random.next() * 24);
    const weekly = random.chance(0.3) ? Math.floor(random.next() * 7) : undefined;
    return each(hours, (number) => {
      const date = new Date(start + number * hour);
      return date.getUTCHours() === at && (weekly ?? date.getUTCDay()) === date.getUTCDay() ? size : 0.1;
    });
  },
  sparse: (random, _, hours) => {
    const level = random.scale(0.02, 1);
    return each(hours, () => level);
  },
  changing: (random, start, hours) => {
    const level = random.scale(10, 500);
    const curve = dayCurve(random);
    const change = random.between(0.4, 0.8) * hours;
    const factor = random.pick([0.1, 0.3, 0.5, 1.5, 2, 2.5]);
    return each(hours, (number) => level * curve(start + number * hour) * (number < change ? 1 : factor));
  },
};

/** Hours differ by more than chance: for each a factor around 1. */
function noiseOf(random: Random, kind: TrafficKind): () => number {
  const deviation =
    kind === 'steady' ? random.between(0, 0.15) : kind === 'noisy' ? 0.15 : random.between(0.05, 0.3);
  return () => Math.exp(deviation * random.normal() - deviation ** 2 / 2);
}

/** In every hour the same: what 95 of 100 hours with requests do not exceed. */
function bursts(requests: number[]): number[] {
  const busy = requests.filter((count) => count > 0).toSorted((a, b) => a - b);
  const usual = busy[Math.floor(busy.length * 0.95)] ?? 1;
  return requests.map(() => usual);
}

/** Most keys have hardly any; some run into their limits every day, some are revoked and go on calling. */
function refusals(random: Random, requests: number[]): Traffic['refused'] {
  const share = {
    '401': random.pick([0, 0, 0.001]),
    '403': random.pick([0, 0.002]),
    '429': random.pick([0, 0, 0.01, 0.1]),
  };
  const of = (part: number) => requests.map((count) => random.poisson(count * part));
  return { '401': of(share['401']), '403': of(share['403']), '429': of(share['429']) };
}

/** Most keys are used from a few networks; some from everywhere; a few from a provider that changes them now and then. */
function networks(random: Random, requests: number[]): string[][] {
  const name = () => `10.${Math.floor(random.next() * 256)}.${Math.floor(random.next() * 256)}.0/24`;
  const home = each(random.pick([1, 1, 2, 3]), () => 0).map(name);
  const manner = random.next();
  let moving = name();
  return requests.map((count) => {
    if (count === 0) return [];
    if (manner < 0.15) return each(Math.min(count, 6), () => 0).map(name);
    if (manner < 0.22) {
      if (random.chance(1 / (24 * 30))) moving = name();
      return [moving];
    }
    return home.filter((_, number) => number === 0 || random.chance(Math.min(0.5, count / 20)));
  });
}
