import type { Sight, Signal } from '../signal.ts';
import type { Draft } from './model.ts';
import { day, hasPassed, hour } from './numbers.ts';
import { date, timespan } from './words.ts';

export const networkRules = {
  /** So long a key's networks are watched before a new one is told. */
  warmUp: 7 * day,
  /** A key with more is at home in many. */
  few: 3,
  /** Seen no more for so long, a network is forgotten. */
  forgotten: 60 * day,
  /** A new one is told for so long; then it is known. */
  lasts: day,
  /** Networks that are kept: more than few is all that there is to know. */
  kept: 8,
  /** New ones that are named. */
  named: 5,
} as const;

/** Takes in the networks of a sight, and finds those that are new to a key with few. */
export function followNetworks(model: Draft, sight: Sight): void {
  if (model.networks !== undefined) {
    model.networks.fresh = model.networks.fresh.filter(
      ({ at }) => !hasPassed(sight.to - at, networkRules.lasts),
    );
  }
  reject(model, sight);
  if (sight.networks.length === 0) return;
  const networks = model.networks ?? { since: sight.from, seen: {}, fresh: [] };
  model.networks = networks;
  forget(networks.seen, sight.from);

  const seen = Object.keys(networks.seen);
  const names = sight.networks.filter((network) => networks.seen[network] === undefined).toSorted();
  // Those of the last day count as well: whoever goes from network to network is told of three times, and then known for it.
  const isFew = seen.length > 0 && seen.length <= networkRules.few;
  if (names.length > 0 && isFew && sight.from - networks.since >= networkRules.warmUp) {
    const told = new Set(networks.fresh.flatMap((some) => some.names));
    const known = seen.filter((network) => !told.has(network)).toSorted();
    networks.fresh.push({ at: sight.from, names, known });
  }

  const now = Math.floor((sight.to - 1) / hour);
  for (const network of sight.networks) networks.seen[network] = now;
  if (names.length > 0) networks.seen = latest(networks.seen, isFew ? seen : []);
}

/** What its owner wants no requests from is no network of the key's: where one comes all the same, it is new again. */
function reject({ networks }: Draft, { unwanted = [] }: Sight): void {
  if (networks === undefined || unwanted.length === 0) return;
  for (const network of unwanted) delete networks.seen[network];
  networks.fresh = networks.fresh.filter(({ names }) => !names.some((name) => unwanted.includes(name)));
}

/** The few that were known, so that many strange ones do not push them out; then the last ones seen, of those of one hour always the same. */
function latest(seen: Record<string, number>, few: readonly string[]): Record<string, number> {
  const known = new Set(few);
  const entries = Object.entries(seen).toSorted(
    ([a, x], [b, y]) => Number(known.has(b)) - Number(known.has(a)) || y - x || (a < b ? -1 : 1),
  );
  return Object.fromEntries(entries.slice(0, networkRules.kept));
}

function forget(seen: Record<string, number>, at: number): void {
  for (const network in seen) {
    if (at - (seen[network] ?? 0) * hour > networkRules.forgotten) delete seen[network];
  }
}

export function networkLookAt({ networks }: Draft): number | undefined {
  const ends = (networks?.fresh ?? []).map(({ at }) => at + networkRules.lasts);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function named(names: readonly string[]): string {
  const left = names.length - networkRules.named;
  return left <= 0 ? names.join(', ') : `${names.slice(0, networkRules.named).join(', ')} and ${left} more`;
}

/** One signal for those that came in one look: whoever said that one of them was theirs has said nothing of the next. */
export function tellNetworks({ networks }: Draft): Signal[] {
  if (networks === undefined) return [];
  const since = new Date(networks.since).toISOString();
  return networks.fresh.map(({ at, names, known }) => {
    const what = names.length === 1 ? 'a network' : `${names.length} networks`;
    return {
      kind: 'new-network',
      severity: known.length === 1 ? 'warning' : 'info',
      of: names[0] ?? '',
      explanation: `Requests came from ${what} that this key was not used from before: ${named(names)}, first ${timespan(at, at + hour)}. Known since ${date(networks.since)}: ${known.join(', ')}.`,
      facts: { networks: names.join(', '), known: known.join(', '), at: new Date(at).toISOString(), since },
    };
  });
}
