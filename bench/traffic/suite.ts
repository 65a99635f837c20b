import type { AlertKind } from '../../functions/alerts/rules/index.ts';
import {
  type Inject,
  injectNetwork,
  injectRefusals,
  injectSilence,
  injectSurge,
  injectWakeUp,
  type Label,
  settled,
} from './incidents.ts';
import { type Incident, play } from './play.ts';
import { type Random, randomOf } from './random.ts';
import { nothing, type Score, score, sum } from './score.ts';
import { type Traffic, type TrafficKind, trafficKinds, usualTraffic } from './usual-traffic.ts';

export type Injected = Exclude<AlertKind, 'quota-threshold' | 'quota-forecast'>;

export const injectedKinds: readonly Injected[] = ['surge', 'silence', 'woke-up', 'refusals', 'new-network'];

const injections: Record<Injected, Inject> = {
  surge: injectSurge,
  silence: injectSilence,
  'woke-up': injectWakeUp,
  refusals: injectRefusals,
  'new-network': injectNetwork,
};

export interface Size {
  /** Keys without incidents, of each kind of traffic. */
  readonly clean: number;
  /** Keys with incidents, of each kind of incident in each kind of traffic. */
  readonly injected: number;
  readonly days: number;
}

export interface Cost {
  looks: number;
  milliseconds: number;
  bytes: number;
}

export interface FalseAlert {
  readonly traffic: TrafficKind;
  readonly incident: Incident;
}

export interface Result {
  readonly keys: number;
  /** Of each kind, on keys with incidents; of surges, those of 5x and more. */
  readonly scores: Record<Injected, Score>;
  /** Of surges by their factor, and by the kind of traffic (5x and more). */
  readonly byFactor: Map<number, Score>;
  readonly byTraffic: Map<TrafficKind, Score>;
  /** Alerts on keys without incidents, and for how many quarters these were watched. */
  readonly clean: {
    readonly alerts: FalseAlert[];
    readonly quarters: number;
    readonly byTraffic: Map<TrafficKind, number>;
  };
  readonly cost: Cost;
}

/** Plays the whole suite for a seed. */
export function playSuite(seed: number, { clean, injected, days }: Size): Result {
  const random = randomOf(seed);
  const cost: Cost = { looks: 0, milliseconds: 0, bytes: 0 };
  const scores = {
    surge: nothing,
    silence: nothing,
    'woke-up': nothing,
    refusals: nothing,
    'new-network': nothing,
  };
  const byFactor = new Map<number, Score>();
  const byTraffic = new Map<TrafficKind, Score>();
  const alerts: FalseAlert[] = [];
  const cleanByTraffic = new Map<TrafficKind, number>();
  let keys = 0;

  for (const traffic of trafficKinds) {
    for (let number = 0; number < clean; number++, keys++) {
      const { incidents } = counted(play(usualTraffic(random, traffic, days)), cost);
      alerts.push(...incidents.map((incident) => ({ traffic, incident })));
      cleanByTraffic.set(traffic, (cleanByTraffic.get(traffic) ?? 0) + incidents.length);
    }
    for (const kind of injectedKinds) {
      for (let number = 0; number < injected; number++, keys++) {
        const { labels, incidents } = playInjected(random, traffic, kind, days, cost);
        const counts = labels.filter(({ factor = 5 }) => factor >= 5);
        const result = score(incidents, counts, labels);
        scores[kind] = sum(scores[kind], result);
        if (kind !== 'surge') continue;
        byTraffic.set(traffic, sum(byTraffic.get(traffic) ?? nothing, result));
        for (const label of labels) {
          const { factor = 0 } = label;
          byFactor.set(factor, sum(byFactor.get(factor) ?? nothing, score(incidents, [label])));
        }
      }
    }
  }
  const quarters = (clean * trafficKinds.length * days) / 91;
  return { keys, scores, byFactor, byTraffic, clean: { alerts, quarters, byTraffic: cleanByTraffic }, cost };
}

function playInjected(random: Random, kind: TrafficKind, incident: Injected, days: number, cost: Cost) {
  const traffic = usualTraffic(random, kind, days);
  const labels = inject(random, traffic, incident);
  const { incidents } = counted(play(traffic), cost);
  return { labels, incidents: incidents.filter(({ kind }) => kind === incident) };
}

/** Puts in a few incidents of one kind, far enough from each other that each meets a settled model. */
export function inject(random: Random, traffic: Traffic, incident: Injected): Label[] {
  const days = Math.floor(traffic.requests.length / 24);
  const labels: Label[] = [];
  const apart = incident === 'woke-up' ? days : 25;
  const first = incident === 'woke-up' ? days - 20 : settled;
  for (let day = first; day < days - 8; day += apart + Math.floor(random.between(0, 7))) {
    const label = injections[incident](random, traffic, day * 24 + Math.floor(random.next() * 24));
    if (label !== undefined) labels.push(label);
  }
  return labels;
}

function counted(played: ReturnType<typeof play>, cost: Cost): ReturnType<typeof play> {
  cost.looks += played.looks;
  cost.milliseconds += played.milliseconds;
  cost.bytes = Math.max(cost.bytes, played.bytes);
  return played;
}
