import { Ajv2020 } from '@redocly/ajv/dist/2020.js';
import { document, type Schema } from './described.ts';

/**
 * Schemas of the document as a validator sees them. Answers may gain members one day, so the document leaves objects
 * open; today's answers have none but those that it names, so here every object is closed.
 */
const ajv = new Ajv2020({ strict: false, allErrors: true });
const formats: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  email: /^[^\s@]+@[^\s@]+$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/,
};
for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, format);

const base = 'https://example.com/openapi.json';
ajv.addSchema({ $id: base, components: closed(document.components) });

/** What is wrong with a value; empty where nothing is. @param schema a schema of the document */
export function faultsIn(schema: Schema, value: unknown): string[] {
  const validate = ajv.compile(absolute(closed(schema)) as Schema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath || 'the whole'} ${message} ${JSON.stringify(params)}`,
  );
}

function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]));
  const isOpenObject = fields['type'] === 'object' && 'properties' in fields;
  return isOpenObject && !('additionalProperties' in fields)
    ? { ...fields, additionalProperties: false }
    : fields;
}

/** References that lead into the document, wherever they stand. */
function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && String(inner).startsWith('#') ? `${base}${inner}` : absolute(inner),
    ]),
  );
}
