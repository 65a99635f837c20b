import type { AlertKind } from '../../functions/alerts/rules/index.ts';
import type { Random } from './random.ts';
import type { Traffic } from './usual-traffic.ts';

/** What was put into the traffic: hours [from, to) of its series. */
export interface Label {
  readonly kind: AlertKind;
  readonly from: number;
  readonly to: number;
  /** Of a surge: times of what is usual. */
  readonly factor?: number;
  /** Of refusals: the status. */
  readonly of?: string;
}

/** A surge of which no hour has so many requests is not worth an alert, whatever its factor. */
const leastSurge = 100;

/** Days until the first incident, and between incidents. */
export const settled = 21;

/** Each puts an incident into the traffic, at about the given hour. @returns its label, if the traffic is such that there can be one */
export type Inject = (random: Random, traffic: Traffic, at: number) => Label | undefined;

export const injectSurge: Inject = (random, { usual, requests }, about) => {
  const factor = random.pick([2, 3, 5, 7, 10, 20, 50]);
  const hours = Math.ceil(random.scale(0.5, 12));
  for (let from = about; from < about + 72; from++) {
    const heights = usual.slice(from, from + hours).map((count) => count * factor);
    // Who uses a stolen key does not wait for the first hour to be a busy one: the surge begins where it can be seen.
    if ((heights[0] ?? 0) < leastSurge) continue;
    heights.forEach((height, number) => {
      requests[from + number] = random.poisson(height * random.between(0.9, 1.1));
    });
    return { kind: 'surge', from, to: from + hours, factor };
  }
  return undefined;
};

const silent: readonly string[] = ['steady', 'noisy', 'diurnal', 'weekly', 'growing', 'changing'];

/** From a busy hour on, nothing comes: for one day to four. */
export const injectSilence: Inject = (random, { kind, usual, requests, networks, refused }, about) => {
  if (!silent.includes(kind)) return undefined;
  const around = usual.slice(about, about + 24 * 7);
  const mean = around.reduce((sum, count) => sum + count, 0) / around.length;
  if (mean < 5) return undefined;
  const busy = around.findIndex((count) => count >= mean);
  const from = about + busy;
  const to = from + Math.round(random.between(24, 96));
  for (let at = from; at < to && at < requests.length; at++) {
    requests[at] = 0;
    networks[at] = [];
    for (const status of ['401', '403', '429'] as const) refused[status][at] = 0;
  }
  return { kind: 'silence', from, to };
};

/** The key sleeps from some day on, and wakes at the given hour with what was usual, or with little. */
export const injectWakeUp: Inject = (random, { requests, networks, refused }, at) => {
  const asleep = Math.round(random.between(31, 60) * 24);
  const begin = at - asleep;
  if (begin < 24) return undefined;
  for (let hour = begin; hour < at; hour++) {
    requests[hour] = 0;
    networks[hour] = [];
    for (const status of ['401', '403', '429'] as const) refused[status][hour] = 0;
  }
  requests[at] = Math.max(1, requests[at] ?? 0);
  return { kind: 'woke-up', from: at, to: at + 24 };
};

/** Several times as many refusals as the key has had in any hour, and at least some dozens. */
export const injectRefusals: Inject = (random, { requests, refused }, from) => {
  const of = random.pick(['401', '403', '429'] as const);
  const usual = Math.max(...refused[of]);
  const hours = Math.ceil(random.scale(0.5, 8));
  const share = (requests[from] ?? 0) * random.between(0.3, 3);
  const height = Math.max(random.scale(40, 2_000), usual * random.between(4, 20), share);
  for (let at = from; at < from + hours; at++) refused[of][at] = random.poisson(height);
  return { kind: 'refusals', from, to: from + hours, of };
};

/** A stranger's requests among the key's own, which has few networks. */
export const injectNetwork: Inject = (random, { requests, networks }, from) => {
  const known = new Set(networks.slice(Math.max(0, from - 60 * 24), from).flat());
  if (known.size === 0 || known.size > 3) return undefined;
  requests[from] = (requests[from] ?? 0) + 3;
  networks[from] = [...(networks[from] ?? []), `203.0.${Math.floor(random.next() * 256)}.0/24`];
  return { kind: 'new-network', from, to: from + 1 };
};
