import { types } from 'node:util';
import type { FunctionError } from '../worker-protocol.ts';

/** An error of the runtime itself; `errorType` is what the caller sees as the type. */
export class RuntimeError extends Error {
  constructor(errorType: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = errorType;
  }
}

/** The payload that the Node.js runtime answers for something thrown. */
export function toFunctionError(thrown: unknown): FunctionError {
  try {
    if (!(thrown instanceof Error) && !types.isNativeError(thrown)) {
      return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
    }
    return {
      errorType: String(thrown.name),
      errorMessage: String(thrown.message),
      trace: String(thrown.stack ?? '').split('\n'),
    };
  } catch {
    // A hostile `name` getter or an object that cannot be made a string.
    return { errorType: 'handled', errorMessage: 'The thrown value cannot be described.', trace: [] };
  }
}
