import type { CheckedRequest, WriteOperation } from './dynalite.ts';
import { evaluateWrite, writeResult } from './evaluate-write.ts';
import { type ItemReference, itemKey, referenceByKey, referenceOfItem } from './item-store.ts';
import type { Handler } from './operation.ts';
import { type Parameters, structure, text, wantsFailedItem } from './parameters.ts';
import { validationError } from './service-errors.ts';
import type { Table } from './table.ts';

const engineNames = { PutItem: 'putItem', UpdateItem: 'updateItem', DeleteItem: 'deleteItem' } as const;

/** `PutItem`, `UpdateItem` or `DeleteItem`. */
export function writeItem(operation: keyof typeof engineNames): Handler {
  return async ({ store, writes }, body, access) => {
    const parameters = structure(operation, body);
    const table = access.toTable(`dynamodb:${operation}`, text(parameters, 'TableName'), {
      item: parameters,
    });
    const wantsItem = wantsFailedItem(parameters);
    const engineName = engineNames[operation];
    const request = store.check(engineName, parameters);
    const reference = referenceOf(table, request);
    return writes.write([reference], ([before]) => {
      const after = evaluateWrite(table, engineName, request, before, wantsItem);
      return { changes: [{ ...reference, before, after }], result: writeResult(request, before, after) };
    });
  };
}

/** The item that a checked write is about. @throws AwsError ValidationException if the key does not fit the table */
export function referenceOf(table: Table, request: CheckedRequest): ItemReference {
  if (request.Item !== undefined) return referenceOfItem(table, request.Item);
  return referenceByKey(table, request.Key ?? {});
}

const mostWrites = 25;

/** `BatchWriteItem`. All of it is one commit, which is more than the service promises and leaves nothing unprocessed. */
export const batchWriteItem: Handler = async ({ store, writes }, body, access) => {
  const parameters = structure('BatchWriteItem', body);
  const request = store.check('batchWriteItem', parameters);
  const requests = Object.entries(parameters['RequestItems'] as Record<string, readonly unknown[]>).flatMap(
    ([name, list]) => {
      const table = access.toTable('dynamodb:BatchWriteItem', name);
      return list.map((entry) => ({ table, ...singleWrite(name, entry) }));
    },
  );
  if (requests.length > mostWrites)
    throw validationError('Too many items requested for the BatchWriteItem call');
  const planned = requests.map(({ table, operation, parameters: single }) => {
    const checked = store.check(operation, { ...single, ...capacityOf(request) });
    return { ...referenceOf(table, checked), operation, checked };
  });
  if (new Set(planned.map(itemKey)).size < planned.length) {
    throw validationError('Provided list of item keys contains duplicates');
  }
  return writes.write(planned, (items) => {
    const changes = planned.map(({ table, key, operation, checked }, position) => {
      const before = items[position];
      return { table, key, before, after: evaluateWrite(table, operation, checked, before, false), checked };
    });
    const capacities = changes
      .map(({ checked, before, after }) => writeResult(checked, before, after)['ConsumedCapacity'])
      .filter((capacity) => capacity !== undefined);
    return { changes, result: { UnprocessedItems: {}, ...sumOfCapacities(capacities) } };
  });
};

function capacityOf({ ReturnConsumedCapacity }: CheckedRequest): Parameters {
  return ReturnConsumedCapacity === undefined ? {} : { ReturnConsumedCapacity };
}

function singleWrite(
  TableName: string,
  entry: unknown,
): { operation: WriteOperation; parameters: Parameters } {
  const { PutRequest, DeleteRequest } = structure('WriteRequest', entry);
  if ((PutRequest === undefined) === (DeleteRequest === undefined)) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  return PutRequest === undefined
    ? { operation: 'deleteItem', parameters: { TableName, ...structure('DeleteRequest', DeleteRequest) } }
    : { operation: 'putItem', parameters: { TableName, ...structure('PutRequest', PutRequest) } };
}

interface Capacity {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

function sumOfCapacities(capacities: readonly unknown[]): { ConsumedCapacity?: Capacity[] } {
  const units = new Map<string, number>();
  for (const { TableName, CapacityUnits } of capacities as readonly Capacity[]) {
    units.set(TableName, (units.get(TableName) ?? 0) + CapacityUnits);
  }
  if (units.size === 0) return {};
  return { ConsumedCapacity: [...units].map(([TableName, CapacityUnits]) => ({ TableName, CapacityUnits })) };
}
