import type { StreamRecord } from '../dynamodb/stream-record.ts';
import type { FunctionInvoker } from '../lambda/invoker.ts';
import { readBatchResponse } from './batch-response.ts';
import { lambdaRecord } from './lambda-record.ts';
import type { Mapping } from './read-mappings.ts';
import type { Outcome } from './retry-policy.ts';

/** Hands records to the mapping's function and says what became of them. */
export async function invokeBatch(
  invoker: FunctionInvoker,
  { functionArn, streamArn, reportsItemFailures }: Mapping,
  records: readonly StreamRecord[],
): Promise<Outcome> {
  try {
    const Records = records.map((record) => lambdaRecord(record, streamArn));
    const outcome = await invoker.invoke(functionArn, { Records });
    if (outcome.kind === 'failed') return { kind: 'failed', from: 0, reason: outcome.error.errorType };
    return reportsItemFailures ? readBatchResponse(outcome.payload, records) : { kind: 'succeeded' };
  } catch (error) {
    return { kind: 'unreached', reason: error instanceof Error ? error.message : String(error) };
  }
}
