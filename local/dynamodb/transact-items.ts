import { AwsError } from '../aws/service.ts';
import type { Change } from './change.ts';
import { type CheckedRequest, database, type Item, type WriteOperation } from './dynalite.ts';
import { checkCondition, evaluateWrite } from './evaluate-write.ts';
import { type ItemReference, itemKey, referenceByKey } from './item-store.ts';
import type { Access, Handler, Parts } from './operation.ts';
import { list, type Parameters, type Structure, structure, text, wantsFailedItem } from './parameters.ts';
import { validationError } from './service-errors.ts';
import type { Table } from './table.ts';
import { referenceOf } from './write-items.ts';

const mostItems = 100;
const mostBytes = 4 * 1024 * 1024;

/** Each kind of part: the permission it takes and, unless it only checks, the engine's name of the write. */
const kinds = {
  Put: { action: 'dynamodb:PutItem', operation: 'putItem', needs: 'Item' },
  Update: { action: 'dynamodb:UpdateItem', operation: 'updateItem', needs: 'UpdateExpression' },
  Delete: { action: 'dynamodb:DeleteItem', operation: 'deleteItem', needs: 'Key' },
  ConditionCheck: {
    action: 'dynamodb:ConditionCheckItem',
    operation: undefined,
    needs: 'ConditionExpression',
  },
} as const satisfies Partial<
  Record<Structure, { action: string; operation: WriteOperation | undefined; needs: string }>
>;

interface Part {
  readonly table: Table;
  readonly operation: WriteOperation | undefined;
  readonly request: CheckedRequest;
  readonly wantsFailedItem: boolean;
}

interface Reason {
  readonly Code: 'None' | 'ConditionalCheckFailed' | 'ValidationError';
  readonly Message?: string;
  readonly Item?: Item;
}

/** `TransactWriteItems`. Waits for others that hold the same items, where the service may answer TransactionConflict. */
export const transactWriteItems: Handler = async (parts, body, access) => {
  const parameters = structure('TransactWriteItems', body);
  const items = list(parameters, 'TransactItems', mostItems).map((entry) => readPart(parts, entry, access));
  const token = readToken(parameters);
  const references = referencesOf(items, ({ table, request }) => referenceOf(table, request));
  return parts.writes.write(
    references,
    async (before) => {
      if (token !== undefined && (await parts.tokens.isRepeated(token, parameters['TransactItems']))) {
        return { changes: [], result: {} };
      }
      const changes = evaluateAll(items, references, before);
      const records = token === undefined ? [] : parts.tokens.records(token, parameters['TransactItems']);
      return { changes, records, result: {} };
    },
    token === undefined ? [] : [`token ${token}`],
  );
};

function readPart({ store }: Parts, entry: unknown, access: Access): Part {
  const given = Object.entries(structure('TransactWriteItem', entry));
  const [name, body] = given[0] ?? [];
  if (given.length !== 1 || name === undefined) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  const kind = name as keyof typeof kinds;
  const { action, operation, needs } = kinds[kind];
  const parameters = structure(kind, body);
  const table = access.toTable(action, text(parameters, 'TableName'), { item: parameters });
  if (parameters[needs] === undefined) text(parameters, needs);
  return {
    table,
    operation,
    // A check is what a conditional delete would check.
    request: store.check(operation ?? 'deleteItem', parameters),
    wantsFailedItem: wantsFailedItem(parameters),
  };
}

function readToken(parameters: Parameters): string | undefined {
  const token = parameters['ClientRequestToken'];
  if (token === undefined) return undefined;
  if (typeof token === 'string' && token.length >= 1 && token.length <= 36) return token;
  throw validationError(
    "1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint: Member must have length between 1 and 36",
  );
}

/** Where each part's item is. @throws AwsError if a key does not fit its table, or two parts are about one item */
function referencesOf<P>(items: readonly P[], referenceTo: (part: P) => ItemReference): ItemReference[] {
  const references = collect(items.map((part) => () => referenceTo(part)));
  if (new Set(references.map(itemKey)).size < references.length) {
    throw validationError('Transaction request cannot include multiple operations on one item');
  }
  return references;
}

function evaluateAll(
  items: readonly Part[],
  references: readonly ItemReference[],
  before: readonly (Item | undefined)[],
): Change[] {
  const outcomes = collect(
    items.map((part, position) => () => {
      const old = before[position];
      const reference = references[position];
      if (reference === undefined) throw new Error('A part without its item');
      if (part.operation === undefined) {
        checkCondition(part.table, part.request, old, part.wantsFailedItem);
        return undefined;
      }
      const after = evaluateWrite(part.table, part.operation, part.request, old, part.wantsFailedItem);
      return { ...reference, before: old, after };
    }),
  );
  const changes = outcomes.filter((change) => change !== undefined);
  const size = changes.reduce(
    (sum, { before: old, after }) => sum + database.itemSize(after ?? old ?? {}),
    0,
  );
  if (size > mostBytes) throw validationError('Transaction request cannot exceed 4 MB of items');
  return changes;
}

/** The value of each step, or one error that gives the reason of each that failed. */
function collect<T>(steps: readonly (() => T)[]): T[] {
  const reasons: Reason[] = [];
  const values: T[] = [];
  for (const step of steps) {
    try {
      values.push(step());
      reasons.push({ Code: 'None' });
    } catch (error) {
      reasons.push(reasonFor(error));
    }
  }
  if (values.length < steps.length) throw cancelled(reasons);
  return values;
}

function reasonFor(error: unknown): Reason {
  if (!(error instanceof AwsError)) throw error;
  if (error.code === 'ConditionalCheckFailedException') {
    return { Code: 'ConditionalCheckFailed', Message: error.message, ...error.details };
  }
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
  throw error;
}

function cancelled(reasons: readonly Reason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}

/** `TransactGetItems`: all items as they were at one moment between two writes. */
export const transactGetItems: Handler = async ({ store, writes }, body, access) => {
  const items = list(structure('TransactGetItems', body), 'TransactItems', mostItems).map((entry) => {
    const { Get } = structure('TransactGetItem', entry);
    const parameters = structure('Get', Get);
    const table = access.toTable('dynamodb:GetItem', text(parameters, 'TableName'), { item: parameters });
    return { table, request: store.check('getItem', parameters) };
  });
  const references = referencesOf(items, ({ table, request }) => referenceByKey(table, request.Key ?? {}));
  const found = await writes.hold(references, () => store.get(references));
  return {
    Responses: items.map(({ request }, position) => {
      const item = found[position];
      if (item === undefined) return {};
      return { Item: request._projection ? database.mapPaths(request._projection.paths, item) : item };
    }),
  };
};
