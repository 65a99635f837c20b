import type { ConditionContext } from '../service.ts';
import { matchesWildcard } from './wildcard.ts';

type Effect = 'Allow' | 'Deny';
type Test = (wanted: string, actual: string) => boolean;

export type Condition = (context: ConditionContext) => boolean;

const operators: Readonly<Record<string, { test: Test; negated?: true }>> = {
  StringEquals: { test: (wanted, actual) => wanted === actual },
  StringNotEquals: { test: (wanted, actual) => wanted === actual, negated: true },
  StringLike: { test: matchesWildcard },
  StringNotLike: { test: matchesWildcard, negated: true },
  ArnEquals: { test: matchesWildcard },
  ArnLike: { test: matchesWildcard },
  Bool: { test: (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase() },
};

/** Keys that a request here can have, or that are known to be absent from a function's own requests. */
const knownKeys = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'dynamodb:leadingkeys',
  'kms:calleraccount',
  'kms:grantisforawsresource',
  'kms:viaservice',
  'ses:fromaddress',
]);
const knownPrefixes = ['kms:encryptioncontext:'];

/**
 * Compiles the `Condition` block of a statement.
 * @throws Error that names an operator or a condition key which is not evaluated here: to pass over one would allow
 *   what the cloud denies, or the reverse
 */
export function compileCondition(
  block: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  effect: Effect,
): Condition {
  const conditions = Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) => compileOne(operator, key, wanted, effect)),
  );
  return (context) => conditions.every((condition) => condition(context));
}

function compileOne(operator: string, key: string, wanted: readonly string[], effect: Effect): Condition {
  const [, qualifier, base = ''] = /^(?:(ForAllValues|ForAnyValue):)?(.*)$/.exec(operator) ?? [];
  const found = Object.hasOwn(operators, base) ? operators[base] : undefined;
  if (found === undefined) {
    throw new Error(`the condition operator "${operator}" is not supported by the local stack`);
  }
  const name = key.toLowerCase();
  if (!knownKeys.has(name) && !knownPrefixes.some((prefix) => name.startsWith(prefix))) {
    throw new Error(`the condition key "${key}" is not supported by the local stack`);
  }
  const one = (actual: string) =>
    wanted.some((value) => found.test(value, actual)) !== (found.negated ?? false);

  return (context) => {
    const actual = valuesOf(context, name);
    // AWS counts an absent key as "all values match". A stand-in that does not report the key must not thereby allow
    // more than the cloud does, so here its absence is decided against the caller.
    if (qualifier === 'ForAllValues') return actual.length === 0 ? effect === 'Deny' : actual.every(one);
    if (actual.length === 0) return found.negated === true && qualifier === undefined;
    return actual.some(one);
  };
}

function valuesOf(context: ConditionContext, name: string): readonly string[] {
  const entry = Object.entries(context).find(([key]) => key.toLowerCase() === name);
  return entry === undefined ? [] : [entry[1]].flat();
}
