import fc from 'fast-check';
import type { Fault } from '../../delivery/year/process.ts';

/** What somebody does, or what happens. `which` picks one of what there is. */
export type Happening =
  | { readonly kind: 'choose'; readonly tier: 'free' | 'pro' | 'enterprise' }
  | { readonly kind: 'cards'; readonly work: boolean }
  | { readonly kind: 'portal'; readonly ends: boolean }
  | { readonly kind: 'refund' | 'dispute' | 'inquiry'; readonly which: number }
  | { readonly kind: 'close-dispute'; readonly which: number; readonly outcome: 'won' | 'lost' }
  | { readonly kind: 'suspend' | 'resume'; readonly which: number }
  | { readonly kind: 'admin-tier'; readonly tier: 'free' | 'pro' | 'enterprise' }
  | {
      readonly kind:
        | 'pay'
        | 'collect'
        | 'stripe-cancels'
        | 'delete-customer'
        | 'generate'
        | 'approve'
        | 'decline'
        | 'sweep';
    }
  | Delivery;

/** Messages of Stripe's: some of those that wait, in any order, at once or one by one, perhaps once more later on. */
export interface Delivery {
  readonly kind: 'deliver';
  readonly most: number;
  readonly together: boolean;
  readonly again: boolean;
}

export interface Step {
  /** At once, their calls interleaved. */
  readonly happenings: readonly Happening[];
  readonly fault?: Fault | undefined;
  readonly seed: number;
  /** Hours until the next step, and whether sweeps run meanwhile. */
  readonly hours: number;
  readonly sweeps: boolean;
}

const which = fc.nat({ max: 3 });
const tier = fc.constantFrom('free' as const, 'pro' as const, 'enterprise' as const);
const plain = (
  kind:
    | 'pay'
    | 'collect'
    | 'stripe-cancels'
    | 'delete-customer'
    | 'generate'
    | 'approve'
    | 'decline'
    | 'sweep',
) => fc.constant<Happening>({ kind });

const weighted = (options: Readonly<Record<string, readonly [number, fc.Arbitrary<Happening>]>>) =>
  fc.oneof(...Object.values(options).map(([weight, arbitrary]) => ({ weight, arbitrary })));

const happening = weighted({
  pro: [8, fc.constant({ kind: 'choose', tier: 'pro' })],
  choose: [3, fc.record({ kind: fc.constant('choose' as const), tier })],
  pay: [10, plain('pay')],
  cards: [3, fc.record({ kind: fc.constant('cards' as const), work: fc.boolean() })],
  collect: [3, plain('collect')],
  portal: [3, fc.record({ kind: fc.constant('portal' as const), ends: fc.boolean() })],
  cancels: [1, plain('stripe-cancels')],
  gone: [1, plain('delete-customer')],
  refund: [3, fc.record({ kind: fc.constant('refund' as const), which })],
  dispute: [3, fc.record({ kind: fc.constant('dispute' as const), which })],
  inquiry: [1, fc.record({ kind: fc.constant('inquiry' as const), which })],
  close: [
    3,
    fc.record({
      kind: fc.constant('close-dispute' as const),
      which,
      outcome: fc.constantFrom('won' as const, 'lost' as const),
    }),
  ],
  suspend: [2, fc.record({ kind: fc.constant('suspend' as const), which })],
  resume: [2, fc.record({ kind: fc.constant('resume' as const), which })],
  admin: [1, fc.record({ kind: fc.constant('admin-tier' as const), tier })],
  generate: [2, plain('generate')],
  approve: [2, plain('approve')],
  decline: [1, plain('decline')],
  sweep: [2, plain('sweep')],
  deliver: [
    12,
    fc.record({
      kind: fc.constant('deliver' as const),
      most: fc.constantFrom(1, 2, 5, 100),
      together: fc.boolean(),
      again: fc.boolean(),
    }),
  ],
});

const fault = fc.record({
  at: fc.nat({ max: 20 }),
  kind: fc.constantFrom<Fault['kind']>(
    'error-before',
    'error-after',
    'death-before',
    'death-after',
    'lost-answer',
  ),
});

/** Mostly moments and days, now and then what makes a period end. */
const hours = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 0, 1) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 72 }) },
  { weight: 2, arbitrary: fc.constantFrom(24 * 5, 24 * 8, 24 * 31) },
);

export const step: fc.Arbitrary<Step> = fc.record({
  happenings: fc.oneof(
    { weight: 4, arbitrary: fc.tuple(happening) },
    { weight: 3, arbitrary: fc.tuple(happening, happening) },
    { weight: 1, arbitrary: fc.tuple(happening, happening, happening) },
  ),
  fault: fc.option(fault, { nil: undefined, freq: 3 }),
  seed: fc.nat(),
  hours,
  sweeps: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});

/** An account's history, with one that pays at its beginning: half of what can happen needs a payment. */
export const history: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.boolean(), fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }))
  .map(([begins, steps]) => (begins ? [...payingBegin, ...steps] : steps));

const payingBegin: readonly Step[] = (
  [
    { kind: 'choose', tier: 'pro' },
    { kind: 'pay' },
    { kind: 'deliver', most: 100, together: true, again: false },
  ] satisfies Happening[]
).map((each, seed) => ({ happenings: [each], seed, hours: 0, sweeps: true }));
