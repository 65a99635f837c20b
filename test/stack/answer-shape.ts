/**
 * The notation in which docs/management.md lists answers: `{ keyId, reason?, versions: [{ version }], days: { "2026-11-23": 2 },
 * state: … }`. A quoted name stands for names of any kind, `…`, a number or nothing for any value.
 */
export type Shape =
  | { readonly kind: 'anything' }
  | { readonly kind: 'list'; readonly each: Shape }
  | { readonly kind: 'map'; readonly each: Shape }
  | { readonly kind: 'object'; readonly members: readonly Member[] };

interface Member {
  readonly name: string;
  readonly optional: boolean;
  readonly shape: Shape;
}

const anything: Shape = { kind: 'anything' };

/** @throws Error for what is not written in the notation */
export function parseShape(notation: string): Shape {
  const tokens = notation.match(/"[^"]*"|\w+|…|[^\s]/g) ?? [];
  let position = 0;
  const peek = () => tokens[position] ?? '';
  const next = () => tokens[position++] ?? '';
  const take = (token: string) => {
    const found = next();
    if (found !== token) throw new Error(`${token} expected, not ${found}, in ${notation}`);
  };

  function value(): Shape {
    if (peek() === '[') {
      take('[');
      const each = value();
      take(']');
      return { kind: 'list', each };
    }
    if (peek() === '{') return object();
    if (!/^(…|\d+)$/.test(peek())) throw new Error(`${peek()} is no value, in ${notation}`);
    next();
    return anything;
  }

  function object(): Shape {
    take('{');
    if (peek().startsWith('"')) {
      next();
      take(':');
      const each = value();
      take('}');
      return { kind: 'map', each };
    }
    const members = [member()];
    while (peek() === ',') {
      next();
      members.push(member());
    }
    take('}');
    return { kind: 'object', members };
  }

  function member(): Member {
    const name = next();
    if (!/^\w+$/.test(name)) throw new Error(`${name} is no name, in ${notation}`);
    const optional = peek() === '?';
    if (optional) next();
    if (peek() !== ':') return { name, optional, shape: anything };
    next();
    return { name, optional, shape: value() };
  }

  const shape = object();
  if (position < tokens.length) throw new Error(`more follows: ${peek()}, in ${notation}`);
  return shape;
}

/** Where a value differs from its shape: members that are missing, and members too many. */
export function strayFrom(shape: Shape | undefined, value: unknown, path = ''): string[] {
  if (shape === undefined || shape.kind === 'anything')
    return value === undefined ? [`${path} is missing`] : [];
  if (shape.kind === 'list') {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((each, index) => strayFrom(shape.each, each, `${path}[${index}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no object`];
  const entries: Readonly<Record<string, unknown>> = { ...value };
  if (shape.kind === 'map') {
    return Object.entries(entries).flatMap(([name, each]) => strayFrom(shape.each, each, `${path}.${name}`));
  }
  const listed = new Set(shape.members.map(({ name }) => name));
  const tooMany = Object.keys(entries).filter((name) => !listed.has(name));
  return [
    ...tooMany.map((name) => `${path}.${name} is not listed`),
    ...shape.members.flatMap(({ name, optional, shape: inner }) =>
      optional && entries[name] === undefined ? [] : strayFrom(inner, entries[name], `${path}.${name}`),
    ),
  ];
}
