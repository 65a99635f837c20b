import { expect, test } from 'vitest';
import { document, operations, type Schema } from './described.ts';

/** Whoever reads the description finds no name that is left to guess. */

interface Property {
  /** Such as `#/components/schemas/Account/properties/email` */
  readonly at: string;
  readonly schema: Schema;
}

/** Every property of every object, wherever its schema stands: named, or inside of another, a message or a parameter. */
function propertiesIn(value: unknown, at: string): Property[] {
  if (typeof value !== 'object' || value === null) return [];
  const { properties, example: _shown, examples: _all, ...rest } = value as Readonly<Record<string, unknown>>;
  const isSchema = typeof properties === 'object' && properties !== null;
  const own = Object.entries(isSchema ? properties : {}).map(([name, schema]) => ({
    at: `${at}/properties/${name}`,
    schema: schema as Schema,
  }));
  return [
    ...own,
    ...own.flatMap((property) => propertiesIn(property.schema, property.at)),
    ...Object.entries(rest).flatMap(([name, inner]) => propertiesIn(inner, `${at}/${name}`)),
  ];
}

/** What a reference leads to, with what stands beside it; what may be null as what it is otherwise. */
function whole({ $ref, anyOf, ...own }: Schema): Schema {
  const named = /^#\/components\/schemas\/(.+)$/.exec(String($ref))?.[1];
  if (named !== undefined) return { ...(document.components['schemas']?.[named] as Schema), ...own };
  const [only, ...others] = ((anyOf ?? []) as readonly Schema[]).filter(({ type }) => type !== 'null');
  return only !== undefined && others.length === 0 ? { ...whole(only), ...own } : { anyOf, ...own };
}

const parameters = operations.flatMap(({ name, operation }) =>
  (operation.parameters ?? []).map(({ name: parameter, description, schema }) => ({
    at: `${name} ${parameter}`,
    schema: { description, ...schema },
  })),
);
const all = [...propertiesIn(document, '#'), ...parameters];
const speaksForItself = ['object', 'array', 'boolean'];

test('every property and every parameter is described', () => {
  expect(all.length).toBeGreaterThan(150);
  expect(all.flatMap(({ at, schema }) => (whole(schema)['description'] ? [] : [at]))).toEqual([]);
});

test('each that holds a text or a number shows one, or lists them all', () => {
  const shown = ['example', 'examples', 'enum', 'const'];
  const silent = all.filter(({ schema }) => {
    const { type, ...rest } = whole(schema);
    return !speaksForItself.includes(String(type)) && !shown.some((keyword) => keyword in rest);
  });
  expect(silent.map(({ at }) => at)).toEqual([]);
});
