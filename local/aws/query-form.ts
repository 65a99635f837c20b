import { z } from 'zod';

/** What a form of AWS's Query protocol says: `A.B=1&L.member.1.N=2` is `{ A: { B: '1' }, L: [{ N: '2' }] }`. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };

/**
 * Reads the parameters of a Query request, without `Action` and `Version`. Values stay text; a list is in the order of
 * its numbers, whichever they are.
 */
export function readForm(form: URLSearchParams): FormValue {
  const root: Node = new Map();
  for (const [path, value] of form) {
    if (path !== 'Action' && path !== 'Version') put(root, path.split('.'), value);
  }
  return readNode(root);
}

type Node = Map<string, Node | string>;

function put(node: Node, [step = '', ...rest]: string[], value: string): void {
  if (rest.length === 0) {
    node.set(step, value);
    return;
  }
  const known = node.get(step);
  const next: Node = known instanceof Map ? known : new Map();
  node.set(step, next);
  put(next, rest, value);
}

function readNode(node: Node | string): FormValue {
  if (typeof node === 'string') return node;
  const members = node.get('member');
  if (node.size === 1 && members instanceof Map) {
    return [...members].toSorted(([a], [b]) => Number(a) - Number(b)).map(([, member]) => readNode(member));
  }
  return Object.fromEntries([...node].map(([name, child]) => [name, readNode(child)]));
}

/** A list as a form says it: an empty one is an empty text. */
export function formList<S extends z.ZodType>(member: S) {
  return z.union([z.literal('').transform((): z.output<S>[] => []), z.array(member)]);
}
