import { z } from 'zod';
import { matchesWildcards } from './wildcards.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/** Strict: a condition or an exclusion that went unread would let in whom it should keep out. */
export const policyDocumentSchema = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.union([z.array(z.unknown()), z.unknown().transform((statement) => [statement])]).pipe(
    z.array(
      z.strictObject({
        Sid: z.string().optional(),
        Effect: z.enum(['Allow', 'Deny']),
        Action: oneOrMore,
        Resource: oneOrMore.pipe(z.array(z.string().max(512))),
      }),
    ),
  ),
});

export type PolicyDocument = z.output<typeof policyDocumentSchema>;

export type Verdict = 'allow' | 'explicit-deny' | 'no-allow';

/** Deny wins over Allow, and what nothing allows is refused. */
export function evaluatePolicy(policy: PolicyDocument, methodArn: string): Verdict {
  const effects = policy.Statement.filter(
    ({ Action, Resource }) =>
      Action.some((action) => matchesWildcards(action.toLowerCase(), 'execute-api:invoke')) &&
      Resource.some((resource) => matchesWildcards(resource, methodArn)),
  ).map(({ Effect }) => Effect);
  if (effects.includes('Deny')) return 'explicit-deny';
  return effects.includes('Allow') ? 'allow' : 'no-allow';
}
