import { examine, type Model, type Signal } from '../../functions/alerts/rules/index.ts';

/** A signal as a look finds one; what a test is about stands in its place. */
export function aSignal(signal: Partial<Signal> = {}): Signal {
  return {
    kind: 'surge',
    severity: 'warning',
    of: '',
    explanation: '412 requests between 03:00 and 04:00 UTC on 27 November; usual for this hour: 9–21.',
    facts: { requests: 412, usualLow: 9, usualHigh: 21 },
    ...signal,
  };
}

const hour = 3_600_000;

/**
 * What is usual after a time in which each hour was like the other, as table Activity keeps it. Epoch milliseconds.
 * @param networks where the requests came from; none: it is not known
 */
export function usualModel(
  requests: number,
  from: number,
  to: number,
  networks: readonly string[] = [],
): string {
  let model: Model | undefined;
  for (let at = from; at < to; at += hour) {
    // A little up and down, or every difference would be a sensation.
    const count = Math.round(requests * (1 + 0.2 * Math.sin(at / 7e6)));
    const sight = {
      from: at,
      to: Math.min(at + hour, to),
      requests: count,
      refused: {},
      networks: [...networks],
    };
    model = examine(model, sight).model;
  }
  return JSON.stringify(model);
}
