import type { InvokeOutcome } from './invoker.ts';

export type FunctionError = Extract<InvokeOutcome, { kind: 'failed' }>['error'];

/** Handed to a worker at its start. */
export interface WorkerSetup {
  /** Absolute folder of the bundle. */
  readonly taskRoot: string;
  /** Such as `index.handler`. */
  readonly handler: string;
  readonly clockOffset: SharedArrayBuffer;
  /** Folder in which compiled code is kept, so that the next worker starts faster. */
  readonly compileCache: string;
}

/** Parent to worker: run the handler once; the worker is idle then. */
export interface InvokeMessage {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  readonly functionArn: string;
  readonly timeoutMilliseconds: number;
  readonly traceId: string;
}

/** Worker to parent. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'log'; readonly text: string }
  /** `json` is the handler's value. */
  | { readonly type: 'returned'; readonly json: string }
  | { readonly type: 'failed'; readonly error: FunctionError }
  /** The module could not be loaded, or an error that nobody caught: the worker ends after this. */
  | { readonly type: 'crashed'; readonly error: FunctionError };

/** 6 MB, and what the service allows for wrapping. Bytes of JSON. */
export const MAXIMUM_RESPONSE_BYTES = 6_291_556;
