import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import {
  type InvokeMessage,
  MAXIMUM_RESPONSE_BYTES,
  type WorkerMessage,
  type WorkerSetup,
} from '../worker-protocol.ts';
import { createContext } from './context.ts';
import { type Handler, loadHandler } from './load-handler.ts';
import { installMovedDate } from './moved-date.ts';
import { RuntimeError, toFunctionError } from './runtime-errors.ts';

/** One Lambda instance: loads the handler, then runs one invocation after the other as the parent sends them. */
const setup = workerData as WorkerSetup;
const send = (message: WorkerMessage) => parentPort?.postMessage(message);

captureOutput();
installMovedDate(setup.clockOffset);
process.on('uncaughtException', crash);
process.on('unhandledRejection', (reason) =>
  crash(new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason), { cause: reason })),
);

try {
  const handler = await loadHandler(setup.taskRoot, setup.handler);
  parentPort?.on('message', (message: InvokeMessage) => void invoke(handler, message));
  send({ type: 'ready' });
  // Now rather than at the end of the worker: a stack that is killed leaves a warm cache too.
  setImmediate(flushCompileCache);
} catch (error) {
  crash(error);
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  process.env['_X_AMZN_TRACE_ID'] = message.traceId;
  try {
    const value = await handler(JSON.parse(message.payload), createContext(message, process.env));
    send(answer(value));
  } catch (error) {
    send({ type: 'failed', error: toFunctionError(error) });
  }
}

function answer(value: unknown): WorkerMessage {
  const json = stringify(value);
  const size = Buffer.byteLength(json);
  if (size <= MAXIMUM_RESPONSE_BYTES) return { type: 'returned', json };
  const errorMessage = `Response payload size (${size} bytes) exceeded maximum allowed payload size (${MAXIMUM_RESPONSE_BYTES} bytes).`;
  return { type: 'failed', error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
}

function stringify(value: unknown): string {
  try {
    // A function or a symbol has no JSON either, whatever the declared type of stringify says.
    const json: string | undefined = JSON.stringify(value);
    return json ?? 'null';
  } catch (cause) {
    throw new RuntimeError('Runtime.JSONStringifyError', 'Unable to stringify response body', { cause });
  }
}

function crash(error: unknown): void {
  send({ type: 'crashed', error: toFunctionError(error) });
  process.exit(1);
}

/**
 * Sends output over the same port as the outcome: so a line that was written before the end of an invocation arrives
 * before its outcome, even from code that never yields.
 */
function captureOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      send({ type: 'log', text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8') });
      const done = rest.at(-1);
      if (typeof done === 'function') queueMicrotask(() => done());
      return true;
    };
  }
}
