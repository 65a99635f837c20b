import { z } from 'zod';
import type { LocalEnvironment } from '../model.ts';
import { resolveFunctionArn } from './function-name.ts';

/** A property that names a function of this account and Region; gives its ARN. */
export function functionOf(environment: LocalEnvironment) {
  return z.string().transform(orIssue((nameOrArn) => resolveFunctionArn(nameOrArn, environment)));
}

/** What a reader throws becomes an issue of the property, so that the error names resource and property. */
export function orIssue<T>(read: (text: string) => T) {
  return (text: string, context: z.RefinementCtx<string>): T => {
    try {
      return read(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  };
}
