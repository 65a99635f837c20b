import type { core } from 'zod';

/** One thing that is wrong with an input. `detail` reads on from the path: `amount` + `must be a number ...`. */
export interface Fault {
  readonly path: string;
  readonly detail: string;
}

/** What a value is, in plain words and without showing it: `is a string`, `is missing`. */
export function whatItIs(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (value === null) return 'is null';
  if (Array.isArray(value)) return 'is an array';
  if (typeof value === 'object') return 'is an object';
  if (value === Number.NEGATIVE_INFINITY) return 'is negative';
  if (value === Number.POSITIVE_INFINITY) return 'is too large a number';
  return `is a ${typeof value}`;
}

/** Zod's issues as faults. An object with several unknown fields is one issue there, and a fault for each field here. */
export function faultsOf(
  issues: readonly core.$ZodIssue[],
  pathOf: (path: readonly PropertyKey[]) => string,
  unknownField: string,
): Fault[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: pathOf([...issue.path, printable(key)]), detail: unknownField }))
      : [{ path: pathOf(issue.path), detail: issue.message }],
  );
}

/** For `faultsOf`: `a.b` for a field, and the given name for the whole input. */
export function dottedPath(whole: string): (path: readonly PropertyKey[]) => string {
  return (path) => path.map(String).join('.') || whole;
}

/** The faults as one line: `tier: must be one of free, pro; colour: is unknown`. */
export function faultsText(faults: readonly Fault[]): string {
  return faults.map(({ path, detail }) => `${path}: ${detail}`).join('; ');
}

/**
 * Unknown names come from the sender: cut and cleaned, so that they can neither flood nor forge a log or a message. A
 * name longer than any real field's may be a key pasted in the wrong place: of it no more shows than of any key (R19).
 */
function printable(name: string): string {
  const clean = name.slice(0, 33).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
  return clean.length > 32 ? `${clean.slice(0, 10)}...` : clean;
}
