import { createHash } from 'node:crypto';
import { canonical } from '../dynamodb/attribute-value.ts';
import type { ChangeStream } from '../dynamodb/stream-log.ts';
import type { StreamRecord } from '../dynamodb/stream-record.ts';
import { lambdaRecord } from './lambda-record.ts';
import type { Mapping } from './read-mappings.ts';

/** Lambda's limit for the payload of an invocation, less some room for what is around the records. */
const maximumBytes = 6 * 1024 * 1024 - 1024;

export interface Batch {
  readonly records: readonly StreamRecord[];
  /** Where the lane stands once the records are done with: what was passed over is behind it as well. */
  readonly through: number;
}

/** The next records of a lane that the filters let through. */
export async function takeBatch(
  stream: ChangeStream,
  mapping: Mapping,
  lane: number,
  position: number,
): Promise<Batch> {
  const settled = stream.last();
  const records: StreamRecord[] = [];
  let through = position;
  let bytes = 0;
  for await (const record of stream.after(position)) {
    const event = lambdaRecord(record, stream.arn);
    if (laneOf(record, stream, mapping.lanes) === lane && mapping.accepts(event)) {
      bytes += Buffer.byteLength(JSON.stringify(event)) + 1;
      if (records.length > 0 && bytes > maximumBytes) return { records, through };
      records.push(record);
    }
    through = record.sequence;
    if (records.length === mapping.batchSize) return { records, through };
  }
  // Not all sequences have a record: that of a failed write is missing.
  return { records, through: Math.max(through, settled) };
}

/** Records of one partition key go to one lane, which keeps them in order. */
function laneOf({ keys }: StreamRecord, { table }: ChangeStream, lanes: number): number {
  if (lanes === 1) return 0;
  const name = table.schema.KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
  return createHash('sha1').update(canonical(keys[name])).digest().readUInt32BE() % lanes;
}
