import type { z } from 'zod';
import type { ResolvedResource } from '../model.ts';

/** A resource of the template that the local gateway cannot run as it stands. */
export class UnsupportedResourceError extends Error {
  override readonly name = 'UnsupportedResourceError';

  constructor(resource: ResolvedResource, reason: string) {
    super(`${resource.logicalId} (${resource.type}): ${reason}`);
  }
}

/** @throws UnsupportedResourceError which names every property that is unknown or of another shape */
export function parseProperties<S extends z.ZodType>(schema: S, resource: ResolvedResource): z.output<S> {
  const result = schema.safeParse(resource.properties);
  if (result.success) return result.data;
  throw new UnsupportedResourceError(resource, result.error.issues.flatMap(describe).join('; '));
}

function describe(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `property ${[...path, key].join('.')} is not supported`);
  }
  return [`property ${path.join('.')} is not supported as it is: ${issue.message}`];
}

/** Runs a parser of one property's text and names the property where it refuses. */
export function readProperty<T>(resource: ResolvedResource, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UnsupportedResourceError(
      resource,
      `property ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
