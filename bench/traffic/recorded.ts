import type { AlertKind } from '../../functions/alerts/rules/index.ts';
import type { Series, Window } from './csv.ts';
import type { Label } from './incidents.ts';
import { type Incident, play } from './play.ts';
import { randomOf } from './random.ts';
import { nothing, type Score, score, sum } from './score.ts';
import { inject } from './suite.ts';
import type { Traffic } from './usual-traffic.ts';

const hour = 3_600_000;
const hoursOfWeek = 7 * 24;

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
export function playRecorded(series: Series, windows: readonly Window[]): Recorded {
  const { start } = series;
  const { incidents } = play(trafficOf(series));
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

/** What can be put into a series of requests alone, played on a copy of it. */
export const injectedIntoRecorded = ['surge', 'silence'] as const satisfies readonly AlertKind[];

export interface InjectedRecording {
  /** Of surges, those of 5x and more. */
  readonly scores: Record<(typeof injectedIntoRecorded)[number], Score>;
  /** Of surges. */
  readonly byFactor: Map<number, Score>;
}

/**
 * Puts labelled surges into recorded series, and silences into others, and plays them. What was told of the series as it
 * was recorded is left out: whether that is right, nobody has labelled.
 */
export function playInjected(all: readonly Series[], seed: number): InjectedRecording {
  const random = randomOf(seed);
  const scores = { surge: nothing, silence: nothing };
  const byFactor = new Map<number, Score>();
  for (const series of all) {
    const asRecorded = play(trafficOf(series)).incidents;
    for (const kind of injectedIntoRecorded) {
      const traffic = trafficOf(series);
      const labels = inject(random, traffic, kind);
      if (labels.length === 0) continue;
      const incidents = play(traffic).incidents.filter((incident) => incident.kind === kind);
      const neutral = [...labels, ...asRecorded.filter((it) => it.kind === kind).map(labelOf)];
      scores[kind] = sum(
        scores[kind],
        score(
          incidents,
          labels.filter(({ factor = 5 }) => factor >= 5),
          neutral,
        ),
      );
      for (const label of labels) {
        const { factor } = label;
        if (factor === undefined) continue;
        byFactor.set(factor, sum(byFactor.get(factor) ?? nothing, score(incidents, [label])));
      }
    }
  }
  return { scores, byFactor };
}

const labelOf = ({ kind, opened, closed }: Incident): Label => ({ kind, from: opened - 1, to: closed });

/** What is usual for an hour is what came in that hour of the week on average. A copy, into which something can be put. */
function trafficOf({ start, requests }: Series): Traffic {
  const none = () => requests.map(() => 0);
  const usual = Array.from({ length: Math.min(hoursOfWeek, requests.length) }, (_, first) => {
    const alike = requests.filter((_, at) => at % hoursOfWeek === first);
    return alike.reduce((total, count) => total + count, 0) / alike.length;
  });
  return {
    // With days and nights, as what people use has.
    kind: 'diurnal',
    start,
    usual: requests.map((_, at) => usual[at % hoursOfWeek] ?? 0),
    requests: [...requests],
    refused: { '401': none(), '403': none(), '429': none() },
    networks: requests.map(() => []),
  };
}
