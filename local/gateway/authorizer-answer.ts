import { z } from 'zod';
import { policyDocumentSchema } from './policy.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const answerSchema = z.object({
  principalId: z.string().min(1),
  policyDocument: policyDocumentSchema,
  /** Scalars only; nested values make the answer invalid. */
  context: z.record(z.string(), scalar).default({}),
  usageIdentifierKey: z.string().nullish(),
});

export type AuthorizerAnswer = z.output<typeof answerSchema>;

/** An authorizer's answer, or what is wrong with it in words that name the property but none of its values. */
export function parseAuthorizerAnswer(payload: unknown): AuthorizerAnswer | { fault: string } {
  const result = answerSchema.safeParse(payload);
  if (result.success) return result.data;
  const places = result.error.issues.map(({ path }) => path.map(String).join('.') || 'the answer itself');
  return { fault: `The authorizer's answer is not valid: ${places.join(', ')}` };
}
