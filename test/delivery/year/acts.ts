import fc from 'fast-check';
import type { SuspensionCause } from '../../../functions/keys/rules/key-item.ts';
import type { Behaviour } from './post-office.ts';
import type { Fault } from './process.ts';

/** What somebody does, or what happens. `which` picks one of what there is. */
export type Doing =
  | { readonly kind: 'sweep' | 'stream' | 'stream-again' | 'mail-events' | 'revoke' }
  | {
      readonly kind: 'rotate';
      readonly graceHours: number;
      readonly deliver: boolean;
      readonly repeats: boolean;
    }
  | { readonly kind: 'generate'; readonly deliver: boolean }
  | { readonly kind: 'suspend' | 'resume'; readonly cause: SuspensionCause }
  | { readonly kind: 'claim'; readonly who: 'owner' | 'stranger'; readonly which: number }
  | { readonly kind: 'stored'; readonly who: 'owner' | 'stranger'; readonly which: number }
  | { readonly kind: 'renew' | 'dispute'; readonly which: number }
  | { readonly kind: 'move'; readonly to: number }
  | { readonly kind: 'open-pgp'; readonly has: boolean };

/** How the world is from now on. */
export type Weather =
  | { readonly kind: 'address'; readonly behaviour: Behaviour }
  | { readonly kind: 'mailer' | 'alerts'; readonly works: boolean }
  | { readonly kind: 'events'; readonly delay: number; readonly twice: boolean };

export interface Step {
  readonly weather: readonly Weather[];
  /** At once, their calls interleaved. */
  readonly doings: readonly Doing[];
  readonly fault?: Fault | undefined;
  readonly seed: number;
  /** Whether streams and events are quick afterwards. */
  readonly settles: boolean;
  /** Hours until the next step, and whether sweeps run meanwhile. */
  readonly hours: number;
  readonly sweeps: boolean;
}

const weighted = <T>(
  options: Readonly<Record<string, readonly [number, fc.Arbitrary<T>]>>,
): fc.Arbitrary<T> =>
  fc.oneof(...Object.values(options).map(([weight, arbitrary]) => ({ weight, arbitrary })));

const which = fc.nat({ max: 3 });
const who = fc.constantFrom('owner' as const, 'owner' as const, 'stranger' as const);
const cause = fc.constantFrom<SuspensionCause>('admin', 'owner', 'payment', 'anomaly');
const plain = (kind: 'sweep' | 'stream' | 'stream-again' | 'mail-events' | 'revoke') =>
  fc.constant<Doing>({ kind });

const doing = weighted<Doing>({
  sweep: [4, plain('sweep')],
  stream: [4, plain('stream')],
  again: [2, plain('stream-again')],
  events: [3, plain('mail-events')],
  revoke: [1, plain('revoke')],
  rotate: [
    4,
    fc.record({
      kind: fc.constant('rotate' as const),
      graceHours: fc.constantFrom(0, 1, 5, 24, 72, 168),
      deliver: fc.boolean(),
      repeats: fc.boolean(),
    }),
  ],
  generate: [1, fc.record({ kind: fc.constant('generate' as const), deliver: fc.boolean() })],
  suspend: [2, fc.record({ kind: fc.constant('suspend' as const), cause })],
  resume: [3, fc.record({ kind: fc.constant('resume' as const), cause })],
  claim: [8, fc.record({ kind: fc.constant('claim' as const), who, which })],
  stored: [3, fc.record({ kind: fc.constant('stored' as const), who, which })],
  renew: [4, fc.record({ kind: fc.constant('renew' as const), which })],
  dispute: [4, fc.record({ kind: fc.constant('dispute' as const), which })],
  move: [2, fc.record({ kind: fc.constant('move' as const), to: fc.nat({ max: 3 }) })],
  openPgp: [2, fc.record({ kind: fc.constant('open-pgp' as const), has: fc.boolean() })],
});

const weather = weighted<Weather>({
  address: [
    4,
    fc.record({
      kind: fc.constant('address' as const),
      behaviour: fc.constantFrom<Behaviour>(
        'fine',
        'fine',
        'fine',
        'full',
        'gone',
        'late-bounce',
        'late-full',
        'spam',
      ),
    }),
  ],
  mailer: [2, fc.record({ kind: fc.constant('mailer' as const), works: fc.boolean() })],
  alerts: [1, fc.record({ kind: fc.constant('alerts' as const), works: fc.boolean() })],
  events: [
    2,
    fc.record({
      kind: fc.constant('events' as const),
      delay: fc.constantFrom(0, 0, 1, 30, 100),
      twice: fc.boolean(),
    }),
  ],
});

const fault = fc.record({
  at: fc.nat({ max: 9 }),
  kind: fc.constantFrom<Fault['kind']>(
    'error-before',
    'error-after',
    'death-before',
    'death-after',
    'lost-answer',
  ),
});

/** Mostly moments and days, now and then a month: a year and more in all. */
const hours = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 0, 0, 1) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 96 }) },
  { weight: 2, arbitrary: fc.constantFrom(24 * 7, 24 * 30, 24 * 30) },
);

export const step: fc.Arbitrary<Step> = fc.record({
  weather: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(weather, { minLength: 1, maxLength: 2 }) },
  ),
  doings: fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 4, arbitrary: fc.tuple(doing) },
    { weight: 2, arbitrary: fc.tuple(doing, doing) },
  ),
  fault: fc.option(fault, { nil: undefined, freq: 4 }),
  seed: fc.nat(),
  settles: fc.oneof(
    { weight: 3, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  hours,
  sweeps: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});

export const year: fc.Arbitrary<readonly Step[]> = fc.array(step, {
  minLength: 1,
  maxLength: 30,
  size: 'max',
});
