import { describeError } from '../runtime/telemetry.ts';

/** What may be told of a mail that could not be sent: SES's messages quote addresses, which a log is not to hold. */
export function describeSending(error: unknown): ReturnType<typeof describeError> {
  const { stack: _quotesToo, errorMessage, ...rest } = describeError(error);
  return { ...rest, errorMessage: errorMessage.replaceAll(/[^\s<>,;]+@[^\s<>,;]+/g, '(address)') };
}
