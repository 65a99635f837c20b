import { type AlertKind, type Examined, examine, type Sight } from '../../functions/alerts/rules/index.ts';
import type { Traffic } from './usual-traffic.ts';

/** An alert as the product would raise it: hours of the series. */
export interface Incident {
  readonly kind: AlertKind;
  readonly of: string;
  /** When the look was that found it. */
  readonly opened: number;
  /** The last look that told it. */
  closed: number;
  explanation: string;
}

export interface Played {
  readonly incidents: Incident[];
  readonly looks: number;
  readonly milliseconds: number;
  readonly bytes: number;
}

const hour = 3_600_000;

/** The processor's time: what else runs on the machine matters less. */
function cpuMilliseconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** What is seen besides the traffic: a subscription's month. */
export type QuotaAt = (hour: number) => NonNullable<Sight['quota']>;

/** Plays a series as `detect-anomalies` would: a look after each hour in which something came, or that was asked for. */
export function play(traffic: Traffic, quotaAt?: QuotaAt): Played {
  const { start, requests, refused, networks } = traffic;
  const incidents: Incident[] = [];
  const open = new Map<string, Incident>();
  let examined: Examined | undefined;
  let through = 0;
  let looks = 0;
  const began = process.cpuUsage();

  const look = (from: number, to: number, seen: Pick<Sight, 'requests' | 'refused' | 'networks'>) => {
    const quota = quotaAt?.(to);
    const sight = { from: start + from * hour, to: start + to * hour, ...seen, ...(quota && { quota }) };
    examined = examine(examined?.model, sight);
    looks++;
    through = to;
    const told = new Set<string>();
    for (const { kind, of, explanation } of examined.signals) {
      const id = `${kind} ${of}`;
      told.add(id);
      let incident = open.get(id);
      if (incident === undefined) {
        incident = { kind, of, opened: to, closed: to, explanation };
        incidents.push(incident);
        open.set(id, incident);
      }
      incident.closed = to;
      incident.explanation = explanation;
    }
    for (const id of open.keys()) if (!told.has(id)) open.delete(id);
  };

  for (let at = 0; at < requests.length; at++) {
    const counts = {
      '401': refused['401'][at] ?? 0,
      '403': refused['403'][at] ?? 0,
      '429': refused['429'][at] ?? 0,
    };
    const count = requests[at] ?? 0;
    const isActive = count + counts['401'] + counts['403'] + counts['429'] > 0;
    const isAwaited = (examined?.lookAt ?? Number.POSITIVE_INFINITY) <= start + (at + 1) * hour;
    if (!isActive && !isAwaited) continue;
    const quiet = { requests: 0, refused: {}, networks: [] };
    if (isActive && examined !== undefined && through < at) look(through, at, quiet);
    if (isActive) look(at, at + 1, { requests: count, refused: counts, networks: networks[at] ?? [] });
    else look(through, at + 1, quiet);
  }
  return {
    incidents,
    looks,
    milliseconds: cpuMilliseconds(began),
    bytes: JSON.stringify(examined?.model ?? '').length,
  };
}
