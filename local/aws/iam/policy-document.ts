import { z } from 'zod';
import { parseStrictly } from '../input.ts';
import type { ConditionContext } from '../service.ts';
import { type Condition, compileCondition } from './condition.ts';
import { matchesWildcard } from './wildcard.ts';

/** One statement, ready to be asked. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** AWS principals (ARN, account id or `*`) of a resource or trust policy. */
  readonly principals: readonly string[];
  /** Service principals, such as `lambda.amazonaws.com`. */
  readonly servicePrincipals: readonly string[];
  matches(action: string, resource: string, context: ConditionContext): boolean;
  /** The same for an AWS service that acts by itself. */
  matchesService(service: string, action: string, resource: string, context: ConditionContext): boolean;
}

const list = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const scalar = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const scalars = z.union([scalar.transform((value) => [value]), z.array(scalar)]);

const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: list.optional(),
  NotAction: list.optional(),
  Resource: list.optional(),
  NotResource: list.optional(),
  Principal: z
    .union([
      z.literal('*').transform(() => ({ AWS: ['*'], Service: [] as string[] })),
      z.strictObject({ AWS: list.default([]), Service: list.default([]) }),
    ])
    .optional(),
  Condition: z.record(z.string(), z.record(z.string(), scalars)).default({}),
});

const documentSchema = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: z.union([
    z.array(z.unknown()),
    z.record(z.string(), z.unknown()).transform((statement) => [statement]),
  ]),
});

/**
 * Parses a policy document.
 * @param where names the policy in errors
 * @param kind an identity policy has no principals; a resource or trust policy has them in every statement
 * @throws Error that names any element, operator, condition key or policy variable that is not supported
 */
export function parsePolicy(document: unknown, where: string, kind: 'identity' | 'resource'): Statement[] {
  const { Statement } = parseStrictly(documentSchema, document, where, (message) => new Error(message));
  return Statement.map((statement, index) => compile(statement, `${where}, statement ${index + 1}`, kind));
}

function compile(raw: unknown, where: string, kind: 'identity' | 'resource'): Statement {
  const fail = (message: string) => new Error(message);
  const statement = parseStrictly(statementSchema, raw, where, fail);
  if ((statement.Principal !== undefined) !== (kind === 'resource')) {
    throw fail(`${where}: Principal ${kind === 'resource' ? 'is missing' : 'does not belong there'}`);
  }
  const actions = oneOf(statement, 'Action', 'NotAction', where);
  const resources =
    kind === 'resource' && statement.Resource === undefined && statement.NotResource === undefined
      ? { patterns: ['*'], negated: false } // a trust policy has none
      : oneOf(statement, 'Resource', 'NotResource', where);
  const variable = [...actions.patterns, ...resources.patterns].find((pattern) => pattern.includes('${'));
  if (variable !== undefined) throw fail(`${where}: policy variables are not supported: ${variable}`);

  const { AWS: principals = [], Service: servicePrincipals = [] } = statement.Principal ?? {};
  const compiled = () => within(where, () => compileCondition(statement.Condition, statement.Effect));
  // What is granted to services alone concerns no caller of the endpoint: its conditions are read when a service that
  // runs here asks, and those for others never.
  const forServicesOnly = servicePrincipals.length > 0 && principals.length === 0;
  const condition: Condition = forServicesOnly ? () => false : compiled();
  const lowered = actions.patterns.map((pattern) => pattern.toLowerCase());
  const isAbout = (action: string, resource: string) =>
    lowered.some((pattern) => matchesWildcard(pattern, action.toLowerCase())) !== actions.negated &&
    resources.patterns.some((pattern) => matchesWildcard(pattern, resource)) !== resources.negated;

  return {
    effect: statement.Effect,
    principals,
    servicePrincipals,
    matches: (action, resource, context) => isAbout(action, resource) && condition(context),
    matchesService: (service, action, resource, context) =>
      (servicePrincipals.includes(service) || principals.includes('*')) &&
      isAbout(action, resource) &&
      compiled()(context),
  };
}

function oneOf<K extends 'Action' | 'Resource'>(
  statement: z.output<typeof statementSchema>,
  name: K,
  not: `Not${K}`,
  where: string,
): { patterns: string[]; negated: boolean } {
  const positive = statement[name];
  const negative = statement[not];
  if (positive !== undefined && negative === undefined) return { patterns: positive, negated: false };
  if (negative !== undefined && positive === undefined) return { patterns: negative, negated: true };
  throw new Error(`${where}: exactly one of ${name} and ${not} is needed`);
}

function within<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
