/** A template that the local runner cannot bring up. The message says where in the template and what about it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  constructor(at: string, problem: string) {
    super(at === '' ? problem : `${at}: ${problem}`);
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object, or a `TemplateError` at `at`. */
export function asRecord(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new TemplateError(at, 'expected an object');
  return value;
}

/** The value as a list, or a `TemplateError` at `at`. */
export function asList(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new TemplateError(at, 'expected a list');
  return value;
}

/** The value as text: CloudFormation turns numbers and booleans into strings wherever it needs a string. */
export function asText(value: unknown, at: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(at, 'expected a string');
}

/** The entry of that name, and never one that every object inherits (`constructor`, `toString`). */
export function own<V>(record: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
