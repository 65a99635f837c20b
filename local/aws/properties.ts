import type { z } from 'zod';
import type { ResolvedResource } from '../model.ts';
import { parseStrictly } from './input.ts';

/** A resource as errors name it: `AWS::KMS::Key "DataKey"`. */
export function describeResource(resource: ResolvedResource): string {
  return `${resource.type} "${resource.logicalId}"`;
}

export function ofType(resources: readonly ResolvedResource[], type: string): ResolvedResource[] {
  return resources.filter((resource) => resource.type === type);
}

/** The properties of a resource. @throws Error that names resource and property where one is not supported */
export function readProperties<S extends z.ZodType>(resource: ResolvedResource, schema: S): z.output<S> {
  return parseStrictly(
    schema,
    resource.properties,
    describeResource(resource),
    (message) => new Error(message),
  );
}
