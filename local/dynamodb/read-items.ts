import { type CheckedRequest, database, type Item } from './dynalite.ts';
import { conditionHolds } from './evaluate-condition.ts';
import type { Handler } from './operation.ts';
import { type Parameters, structure, text } from './parameters.ts';
import { throwFault, validationError } from './service-errors.ts';

/*
 * Reads take no locks: every write is one atomic batch, and each of these reads answers from one snapshot of the
 * database, so that it sees all of a transaction or nothing of it.
 */

/** `GetItem`. */
export const getItem: Handler = async ({ store }, body, access) => {
  const parameters = structure('GetItem', body);
  access.toTable('dynamodb:GetItem', text(parameters, 'TableName'), { item: parameters });
  return store.read('getItem', store.check('getItem', parameters));
};

/** `Query` or `Scan`. */
export function search(operation: 'Query' | 'Scan'): Handler {
  const engineName = operation === 'Query' ? 'query' : 'scan';
  return async ({ store }, body, access) => {
    const parameters = structure(operation, body);
    const index = parameters['IndexName'];
    const table = access.toTable(`dynamodb:${operation}`, text(parameters, 'TableName'), {
      index: typeof index === 'string' ? index : undefined,
    });
    const request = store.check(engineName, parameters);
    checkSelect(request);
    const { _filter: filter, _projection: projection, ...unfiltered } = request;
    throwFault(database.validateKeyPaths(projection?.nestedPaths, table.schema));
    // The engine still checks the filter's paths, but it must not decide by it (see evaluate-condition.ts), and it must
    // not project before this filter has seen the whole item.
    const everything = filter && { ...filter, expression: alwaysTrue };
    const found = await store.read(engineName, {
      ...unfiltered,
      Select: undefined,
      ...(everything === undefined ? {} : { _filter: everything }),
    });
    const matching = (found['Items'] as Item[]).filter(
      (item) => filter === undefined || conditionHolds(filter.expression, item),
    );
    const { Items: _, ...rest } = found;
    return {
      ...rest,
      Count: matching.length,
      ...(request.Select === 'COUNT'
        ? {}
        : {
            Items: projection ? matching.map((item) => database.mapPaths(projection.paths, item)) : matching,
          }),
    };
  };
}

const alwaysTrue = { type: 'function', name: 'attribute_not_exists', args: [['']] } as const;

/** @throws AwsError ValidationException where `Select` contradicts the other parameters */
function checkSelect({ Select, IndexName, _projection }: CheckedRequest): void {
  if (_projection !== undefined && Select !== undefined && Select !== 'SPECIFIC_ATTRIBUTES') {
    throw validationError(`Cannot specify the ProjectionExpression when choosing to get ${Select}`);
  }
  if (Select === 'SPECIFIC_ATTRIBUTES' && _projection === undefined) {
    throw validationError(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    );
  }
  if (Select === 'ALL_PROJECTED_ATTRIBUTES' && IndexName === undefined) {
    throw validationError('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
}

/** `BatchGetItem`. */
export const batchGetItem: Handler = async ({ store }, body, access) => {
  const parameters = structure('BatchGetItem', body);
  const request = store.check('batchGetItem', parameters);
  const asked = new Map<string, Parameters>();
  for (const [name, entry] of Object.entries(parameters['RequestItems'] as Record<string, unknown>)) {
    asked.set(name, structure('KeysAndAttributes', entry));
    access.toTable('dynamodb:BatchGetItem', name);
  }
  const found = await store.read('batchGetItem', request);
  // The engine forgets how the rest was to be read; a client sends it back as it stands.
  const unprocessed = Object.entries(found['UnprocessedKeys'] as Record<string, Parameters>).map(
    ([name, { Keys }]) => [name, { ...asked.get(name), Keys }] as const,
  );
  return { ...found, UnprocessedKeys: Object.fromEntries(unprocessed) };
};
