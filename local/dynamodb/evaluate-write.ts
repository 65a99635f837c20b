import { applyUpdate } from './apply-update.ts';
import { typeOf } from './attribute-value.ts';
import { type CheckedRequest, database, type Item, type WriteOperation } from './dynalite.ts';
import { conditionHolds } from './evaluate-condition.ts';
import { conditionFailed, throwFault, validationError } from './service-errors.ts';
import type { Table } from './table.ts';

/**
 * The item after a write; undefined if the write deletes it. Pure: nothing is written.
 * @param before the item as it is, undefined if there is none
 * @param wantsFailedItem whether a failed condition's error carries the item
 * @throws AwsError ConditionalCheckFailedException or ValidationException
 */
export function evaluateWrite(
  table: Table,
  operation: WriteOperation,
  request: CheckedRequest,
  before: Item | undefined,
  wantsFailedItem: boolean,
): Item | undefined {
  checkCondition(table, request, before, wantsFailedItem);
  if (operation === 'deleteItem') return undefined;
  if (operation === 'putItem') {
    checkIndexKeys(table, request.Item ?? {});
    return request.Item;
  }
  throwFault(database.validateUpdates(undefined, request._updates, table.schema));
  const after = applyUpdate(request._updates?.sections ?? [], before ?? request.Key ?? {});
  throwFault(database.validateItem(after, table.schema));
  checkIndexKeys(table, after);
  if (database.itemSize(after) > database.MAX_SIZE) {
    throw validationError('Item size to update has exceeded the maximum allowed size');
  }
  return after;
}

/** @throws AwsError ConditionalCheckFailedException unless the request's condition, if any, holds for the item */
export function checkCondition(
  table: Table,
  request: CheckedRequest,
  before: Item | undefined,
  wantsFailedItem: boolean,
): void {
  if (request._condition === undefined) return;
  throwFault(database.validateKeyPaths(request._condition.nestedPaths, table.schema));
  if (conditionHolds(request._condition.expression, before ?? {})) return;
  throw conditionFailed(wantsFailedItem ? before : undefined);
}

/** The body of the answer to a write. */
export function writeResult(
  request: CheckedRequest,
  before: Item | undefined,
  after: Item | undefined,
): Record<string, unknown> {
  const attributes = returnedAttributes(request, before, after);
  const capacity = database.addConsumedCapacity(request, false, before, after);
  return {
    ...(attributes === undefined || Object.keys(attributes).length === 0 ? {} : { Attributes: attributes }),
    ...(capacity === undefined ? {} : { ConsumedCapacity: capacity }),
  };
}

function returnedAttributes(
  { ReturnValues, _updates }: CheckedRequest,
  before: Item | undefined,
  after: Item | undefined,
): Item | undefined {
  const paths = _updates?.paths ?? [];
  switch (ReturnValues) {
    case 'ALL_OLD':
      return before;
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return before && database.mapPaths(paths, before);
    case 'UPDATED_NEW':
      return after && database.mapPaths(paths, after);
    default:
      return undefined;
  }
}

/** Index keys must not be empty text: DynamoDB refuses the write, dynalite would index it. */
function checkIndexKeys(table: Table, item: Item): void {
  for (const index of table.schema.GlobalSecondaryIndexes ?? []) {
    for (const { AttributeName: name } of index.KeySchema) {
      const value = item[name];
      if (value === undefined || value[typeOf(value)] !== '') continue;
      throw validationError(
        'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
          `The AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${index.IndexName}, IndexKey: ${name}`,
      );
    }
  }
}
