import type { Series, Window } from './csv.ts';
import { type Incident, play } from './play.ts';

const hour = 3_600_000;

export interface Recorded {
  readonly incidents: Incident[];
  /** Windows in which something was told. */
  readonly found: number;
  /** Incidents that are within a window. */
  readonly precise: number;
  /** Hours from the beginning of a window until something was told. */
  readonly delays: number[];
}

/** Plays a recorded series; whatever is told within a labelled window counts as found, be it a surge or a silence. */
export function playRecorded({ start, requests }: Series, windows: readonly Window[]): Recorded {
  const none = requests.map(() => 0);
  const { incidents } = play({
    kind: 'steady',
    start,
    usual: [],
    requests,
    refused: { '401': none, '403': none, '429': none },
    networks: requests.map(() => []),
  });
  // An hour is looked at when it is over: what is told of a window's last hour is told after it.
  const isWithin = ({ opened }: Incident, { from, to }: Window) =>
    start + opened * hour > from && start + (opened - 1) * hour <= to;
  const first = windows.map((window) => incidents.find((incident) => isWithin(incident, window)));
  return {
    incidents,
    found: first.filter((incident) => incident !== undefined).length,
    precise: incidents.filter((incident) => windows.some((window) => isWithin(incident, window))).length,
    delays: first.flatMap((incident, index) => {
      if (incident === undefined) return [];
      return [Math.round(((start + incident.opened * hour - (windows[index]?.from ?? 0)) / hour) * 10) / 10];
    }),
  };
}
