import { invalid } from './error.ts';
import type { Form, FormObject } from './form.ts';

/** Reads one parameter. `name` is as the caller wrote it. @throws ApiError */
export type Reader<T> = (value: Form, name: string) => T;
interface Required<T> {
  readonly required: Reader<T>;
}
export type Shape = Readonly<Record<string, Reader<unknown> | Required<unknown>>>;
export type Input<S extends Shape> = {
  readonly [K in keyof S as S[K] extends Required<unknown> ? K : never]: S[K] extends Required<infer T>
    ? T
    : never;
} & {
  readonly [K in keyof S as S[K] extends Required<unknown> ? never : K]?: S[K] extends Reader<infer T>
    ? T
    : never;
};

export function required<T>(reader: Reader<T>): Required<T> {
  return { required: reader };
}

/** All parameters of a request. @throws ApiError for what is unknown, missing or wrong */
export function readParameters<S extends Shape>(shape: S, form: FormObject, within = ''): Input<S> {
  const nameOf = (key: string) => (within === '' ? key : `${within}[${key}]`);
  const unknown = Object.keys(form).filter((key) => !Object.hasOwn(shape, key));
  const [first] = unknown;
  if (first !== undefined) {
    const names = unknown.map(nameOf);
    throw invalid(`Received unknown parameter${names.length > 1 ? 's' : ''}: ${names.join(', ')}`, {
      code: 'parameter_unknown',
      param: nameOf(first),
    });
  }
  const read: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(shape)) {
    const name = nameOf(key);
    const value = form[key];
    const [reader, isRequired] = 'required' in entry ? [entry.required, true] : [entry, false];
    if (value !== undefined) read[key] = reader(value, name);
    else if (isRequired) {
      throw invalid(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name });
    }
  }
  return read as Input<S>;
}

/** Text that is not empty. */
export function text(maximum = 5000): Reader<string> {
  return (value, name) => {
    if (typeof value !== 'string') throw invalid('Invalid string: {...}', { param: name });
    if (value === '') {
      throw invalid(
        `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however '${name}' cannot be unset. You should remove '${name}' from your request or supply a non-empty value.`,
        { code: 'parameter_invalid_empty', param: name },
      );
    }
    if (value.length > maximum) {
      throw invalid(`Invalid string: ${value.slice(0, 10)}...; must be at most ${maximum} characters`, {
        param: name,
      });
    }
    return value;
  };
}

/** Text, or null for the empty text that unsets it. */
export function unsettable(maximum?: number): Reader<string | null> {
  const read = text(maximum);
  return (value, name) => (value === '' ? null : read(value, name));
}

export function integer(
  minimum = Number.MIN_SAFE_INTEGER,
  maximum = Number.MAX_SAFE_INTEGER,
): Reader<number> {
  return (value, name) => {
    const fault = (message: string) => invalid(message, { code: 'parameter_invalid_integer', param: name });
    const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
    if (number === undefined) throw fault(`Invalid integer: ${typeof value === 'string' ? value : '{...}'}`);
    if (number < minimum) throw fault(`This value must be greater than or equal to ${minimum}.`);
    if (number > maximum) throw fault(`This value must be less than or equal to ${maximum}.`);
    return number;
  };
}

export const boolean: Reader<boolean> = (value, name) => {
  if (value === 'true') return true;
  if (value === 'false') return false;
  throw invalid(`Invalid boolean: ${typeof value === 'string' ? value : '{...}'}`, { param: name });
};

export function oneOf<const T extends string>(...values: readonly T[]): Reader<T> {
  return (value, name) => {
    const found = values.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    throw invalid(`Invalid ${name}: must be one of ${values.join(', ')}`, { param: name });
  };
}

export function object<const S extends Shape>(shape: S): Reader<Input<S>> {
  return (value, name) => {
    if (typeof value === 'string') throw invalid('Invalid object', { param: name });
    return readParameters(shape, value, name);
  };
}

export function list<T>(reader: Reader<T>, maximum = 100): Reader<T[]> {
  return (value, name) => {
    if (typeof value === 'string' || !Object.keys(value).every((key) => /^\d{1,4}$/.test(key))) {
      throw invalid('Invalid array', { param: name });
    }
    const entries = Object.entries(value).toSorted(([a], [b]) => Number(a) - Number(b));
    if (entries.length > maximum) {
      throw invalid(`Array must have at most ${maximum} elements`, { param: name });
    }
    return entries.map(([key, entry]) => reader(entry, `${name}[${key}]`));
  };
}

export const url: Reader<string> = (value, name) => {
  const address = text(5000)(value, name);
  if (/^https?:\/\//i.test(address) && URL.canParse(address)) return address;
  throw invalid('Not a valid URL', { code: 'url_invalid', param: name });
};

/** Three letters, in lower case. */
export const currency: Reader<string> = (value, name) => {
  const code = text()(value, name).toLowerCase();
  if (Intl.supportedValuesOf('currency').includes(code.toUpperCase())) return code;
  throw invalid(`Invalid currency: ${code}.`, { param: name });
};

/** Changes to metadata: null unsets a key; the empty text in place of an object unsets all, and is null. */
export const metadata: Reader<Readonly<Record<string, string | null>> | null> = (value, name) => {
  if (value === '') return null;
  if (typeof value === 'string') throw invalid('Invalid object', { param: name });
  const entries = Object.entries(value).map(([key, entry]): [string, string | null] => {
    if (typeof entry !== 'string') throw invalid('Metadata values must be strings', { param: name });
    if (key.length > 40 || entry.length > 500) {
      throw invalid(
        `Metadata keys are at most 40 characters long, values at most 500; '${key.slice(0, 40)}' is not.`,
        { param: `${name}[${key}]` },
      );
    }
    return [key, entry === '' ? null : entry];
  });
  if (entries.length > 50) throw invalid('Metadata can have at most 50 keys', { param: name });
  return Object.fromEntries(entries);
};

/** A time, or `[gt]`, `[gte]`, `[lt]`, `[lte]` of times, in seconds. */
export const range: Reader<(time: number) => boolean> = (value, name) => {
  if (typeof value === 'string') {
    const exact = integer()(value, name);
    return (time) => time === exact;
  }
  const bound = integer();
  const { gt, gte, lt, lte } = readParameters({ gt: bound, gte: bound, lt: bound, lte: bound }, value, name);
  return (time) =>
    time > (gt ?? Number.NEGATIVE_INFINITY) &&
    time >= (gte ?? Number.NEGATIVE_INFINITY) &&
    time < (lt ?? Number.POSITIVE_INFINITY) &&
    time <= (lte ?? Number.POSITIVE_INFINITY);
};

/** Metadata after the changes. */
export function mergeMetadata(
  before: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>> | null | undefined,
): Record<string, string> {
  if (changes === undefined) return { ...before };
  const merged = Object.entries({ ...(changes === null ? {} : before), ...changes });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}
