import { canonical } from './attribute-value.ts';
import type { Change } from './change.ts';
import { database, type Item } from './dynalite.ts';
import type { StreamViewType } from './table.ts';

/** One change of one item, as its table's stream keeps it. */
export interface StreamRecord {
  /** Rises with every record of the table; one key's records rise in the order of its changes. */
  readonly sequence: number;
  readonly eventId: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  /** Milliseconds since the epoch, on the clock. */
  readonly createdAt: number;
  readonly keys: Item;
  readonly oldImage?: Item;
  readonly newImage?: Item;
  readonly sizeBytes: number;
  readonly viewType: StreamViewType;
  /** The time to live deleted the item. */
  readonly expired?: true;
}

/** Whether a change gets a record: a write that leaves the item as it was gets none, as in AWS. */
export function isRecorded({ before, after }: Change): boolean {
  if (before === undefined || after === undefined) return before !== after;
  return canonical(before) !== canonical(after);
}

/** The record of a change; what is individual about it is given. */
export function streamRecord(
  { table, before, after, expired }: Change,
  viewType: StreamViewType,
  own: Pick<StreamRecord, 'sequence' | 'eventId' | 'createdAt'>,
): StreamRecord {
  const keys = keysOf(table.schema.KeySchema, after ?? before ?? {});
  const showsOld = viewType === 'NEW_AND_OLD_IMAGES' || viewType === 'OLD_IMAGE';
  const showsNew = viewType === 'NEW_AND_OLD_IMAGES' || viewType === 'NEW_IMAGE';
  const images = {
    ...(showsOld && before !== undefined ? { oldImage: before } : {}),
    ...(showsNew && after !== undefined ? { newImage: after } : {}),
  };
  return {
    ...own,
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    keys,
    ...images,
    sizeBytes: [keys, ...Object.values(images)].reduce((sum, item) => sum + database.itemSize(item), 0),
    viewType,
    ...(expired ? { expired } : {}),
  };
}

function keysOf(schema: readonly { AttributeName: string }[], item: Item): Item {
  return Object.fromEntries(
    schema.flatMap(({ AttributeName: name }) => {
      const value = item[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
