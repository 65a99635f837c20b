import type { State } from '../state.ts';
import type { IndexDefinition, KeyElement, TableSchema } from './dynalite.ts';
import type { Table } from './table.ts';

/** What the stored keys and index entries of a table were built from: type by attribute, in the order of the key. */
interface StoredSchema {
  readonly key: string;
  readonly indexes: Readonly<Record<string, string>>;
}

/**
 * Compares the template's tables with those that the data in the data folder was written for, and records them.
 * Stored keys and index entries are laid out by the schema, so that a changed one would find nothing, or half.
 * @throws Error that says what changed and what to do; nothing is recorded then
 */
export function checkSchema(tables: readonly Table[], state: State): void {
  const stored = state.map<StoredSchema>('dynamodb-schemas');
  const faults = tables.flatMap((table) => {
    const before = stored.get(table.name);
    return before === undefined
      ? []
      : differences(before, describe(table.schema)).map(
          (fault) => `Table ${table.logicalId} (${table.name}): ${fault} since the local data was written.`,
        );
  });
  if (faults.length > 0) {
    throw new Error(`${faults.join('\n')}\nRun \`npm start -- --fresh\` to begin anew without the old data.`);
  }
  // An index that left the template is forgotten: its entries are no longer kept, so it may only come back as a new one.
  for (const table of tables) stored.put(table.name, describe(table.schema));
}

function describe(schema: TableSchema): StoredSchema {
  const typed = (elements: readonly KeyElement[]) =>
    elements
      .map(({ AttributeName: name, KeyType }) => {
        const definition = schema.AttributeDefinitions.find(({ AttributeName }) => AttributeName === name);
        return `${KeyType} ${name} ${definition?.AttributeType}`;
      })
      .join(', ');
  const described = ({ KeySchema, Projection: { ProjectionType, NonKeyAttributes = [] } }: IndexDefinition) =>
    [typed(KeySchema), ProjectionType, ...[...NonKeyAttributes].sort()].join(', ');
  return {
    key: typed(schema.KeySchema),
    indexes: Object.fromEntries(
      (schema.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, described(index)]),
    ),
  };
}

function differences(before: StoredSchema, after: StoredSchema): string[] {
  const faults =
    before.key === after.key ? [] : [`the key schema changed from (${before.key}) to (${after.key})`];
  for (const [name, index] of Object.entries(after.indexes)) {
    if (before.indexes[name] === undefined) faults.push(`index ${name} is new`);
    else if (before.indexes[name] !== index) faults.push(`index ${name} changed`);
  }
  return faults;
}
