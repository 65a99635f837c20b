import { AwsError } from '../aws/service.ts';
import type { Item } from './dynalite.ts';

/** The request itself is wrong; a retry of the same request gives the same answer. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** @param before the item as it was, if the caller asked for it with `ReturnValuesOnConditionCheckFailure` */
export function conditionFailed(before?: Item): AwsError {
  return new AwsError(
    'ConditionalCheckFailedException',
    'The conditional request failed',
    400,
    before === undefined ? {} : { Item: before },
  );
}

export function tableNotFound(): AwsError {
  return new AwsError('ResourceNotFoundException', 'Requested resource not found');
}

/** An error of dynalite as the service's own error; whatever dynalite did not mean to answer stays what it is. */
export function fromDynalite(error: unknown): unknown {
  if (!(error instanceof Error) || !('body' in error)) return error;
  const body = error.body as { __type: string; message?: string; Message?: string };
  return new AwsError(body.__type.split('#').at(-1) ?? '', body.message ?? body.Message ?? '');
}

/** For dynalite's functions that return their error instead of throwing it. */
export function throwFault(fault: Error | null | undefined): void {
  if (fault !== null && fault !== undefined) throw fromDynalite(fault);
}
