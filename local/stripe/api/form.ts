import { invalid } from './error.ts';

/** A parameter as it was sent: text, or what brackets nest. Lists are objects with the keys `0`, `1`, ... */
export type Form = string | FormObject;
export interface FormObject {
  [key: string]: Form;
}

/** `a[b][0]=x` and `a[]=x`, as in a body or a query. @throws ApiError where one name is both text and an object */
export function parseForm(text: string): FormObject {
  const root = emptyObject();
  for (const [name, value] of new URLSearchParams(text)) {
    const [, first = '', nested = ''] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? [];
    if (first === '') throw invalid(`Invalid parameter name: ${name}`, { param: name });
    const keys = [
      first,
      ...nested
        .slice(1, -1)
        .split('][')
        .slice(nested === '' ? 1 : 0),
    ];
    let at = root;
    for (const [index, key] of keys.entries()) {
      const actual = key === '' ? String(Object.keys(at).length) : key;
      if (index === keys.length - 1) {
        if (typeof at[actual] === 'object') throw invalid('Invalid object', { param: name });
        at[actual] = value;
      } else {
        const inner = at[actual] ?? emptyObject();
        if (typeof inner === 'string') throw invalid('Invalid object', { param: name });
        at[actual] = inner;
        at = inner;
      }
    }
  }
  return root;
}

/** Without a prototype: a caller may name a parameter `__proto__`. */
function emptyObject(): FormObject {
  return Object.create(null) as FormObject;
}

/** The same text for the same parameters, in whatever order they came. */
export function canonicalForm(form: Form): string {
  if (typeof form === 'string') return JSON.stringify(form);
  const parts = Object.entries(form).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${parts.map(([key, value]) => `${JSON.stringify(key)}:${canonicalForm(value)}`).join(',')}}`;
}
