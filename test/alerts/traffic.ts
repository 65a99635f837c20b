import {
  type Examined,
  examine,
  type Model,
  type Sight,
  type Signal,
} from '../../functions/alerts/rules/index.ts';

export const hour = 3_600_000;
export const day = 24 * hour;

/** A Monday. */
export const start = Date.UTC(2026, 9, 5);

/** A subject that is looked at; what a test does not mention did not come. */
export function watched(from = start) {
  let examined: Examined | undefined;
  let through = from;
  return {
    get model(): Model {
      if (examined === undefined) throw new Error('nothing was looked at yet');
      return examined.model;
    },
    get lookAt(): number | undefined {
      return examined?.lookAt;
    },
    get now(): number {
      return through;
    },
    /** One look at the next hours. @returns what it told */
    look(seen: Partial<Sight> = {}, hours = 1): readonly Signal[] {
      const sight = {
        from: through,
        to: through + hours * hour,
        requests: 0,
        refused: {},
        networks: [],
        ...seen,
      };
      through = sight.to;
      examined = examine(examined?.model, sight);
      return examined.signals;
    },
    /** Looks hour by hour. @returns all that was told on the way */
    live(days: number, seen: (at: number) => Partial<Sight>): Signal[] {
      const told: Signal[] = [];
      for (const end = through + days * day; through < end; ) told.push(...this.look(seen(through)));
      return told;
    },
  };
}

/** Twelve to eighteen requests an hour, always the same ones. */
export const steadily = (at: number): Partial<Sight> => ({ requests: 12 + ((at / hour) % 7) });

export const kindsOf = (signals: readonly Signal[]): string[] => [
  ...new Set(signals.map(({ kind }) => kind)),
];

export const only = (signals: readonly Signal[]): Signal => {
  const [signal, ...others] = signals;
  if (signal === undefined || others.length > 0) {
    throw new Error(`expected one signal, and there are ${JSON.stringify(signals)}`);
  }
  return signal;
};
