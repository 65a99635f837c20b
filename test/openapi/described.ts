import { describeApi } from '../../functions/openapi/document.ts';
import { parseConfig } from '../../lib/config.ts';

/** The API's description, as the tests look at it: of a stage without a configuration of its own. */

export interface Described {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Operation {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Response>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

export interface Response {
  readonly description: string;
  readonly headers: Readonly<Record<string, Header>>;
  readonly content?: Content;
}

export interface Header {
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

export type Schema = Readonly<Record<string, unknown>>;
export type Content = Readonly<
  Record<string, { readonly schema: Schema; readonly examples: Readonly<Record<string, { value: unknown }>> }>
>;

const { product } = parseConfig('dev');

/** As it is served. */
export const document = JSON.parse(
  JSON.stringify(describeApi(product, { server: product.apiUrl, issuer: 'https://identity.example.com' })),
) as Described;

/**
 * The same without references between its parts, so that tests need follow none. Schemas keep theirs: what checks them
 * follows them by itself.
 */
export const resolved = withoutReferences(document, document) as Described;

export const operations = Object.entries(resolved.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    operation,
  })),
);

/** @param method in any case @param path as the document has it, such as `/account/keys/{keyId}` */
export function operationOf(method: string, path: string): Operation {
  const found = resolved.paths[path]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`the document does not describe ${method} ${path}`);
  return found;
}

function withoutReferences(value: unknown, whole: Described): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutReferences(each, whole));
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  const [, kind = '', name = ''] = /^#\/components\/(\w+)\/(.+)$/.exec(String(fields['$ref'])) ?? [];
  if (kind !== '' && kind !== 'schemas') return withoutReferences(whole.components[kind]?.[name], whole);
  return Object.fromEntries(
    Object.entries(fields).map(([key, inner]) => [key, withoutReferences(inner, whole)]),
  );
}
