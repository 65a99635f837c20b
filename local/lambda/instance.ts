import { Worker } from 'node:worker_threads';
import type { FunctionDefinition } from './function-definition.ts';
import { createLineSplitter } from './line-splitter.ts';
import type { FunctionError, InvokeMessage, WorkerMessage, WorkerSetup } from './worker-protocol.ts';

export interface Invocation {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  readonly traceId: string;
  /** Each line that is written during this invocation. */
  readonly onLine: (line: string) => void;
}

export type InstanceOutcome =
  | { readonly kind: 'returned'; readonly json: string }
  | { readonly kind: 'failed'; readonly error: FunctionError };

/** One worker thread that runs one invocation at a time. */
export interface Instance {
  /** Settles once the handler is loaded, or failed to load (see the log). Never rejects. */
  readonly initialised: Promise<void>;
  /** False once the thread has ended or is about to: it takes no more invocations. */
  isUsable(): boolean;
  /** Waits for the initialisation, then runs the handler. Never rejects; not to be called while another runs. */
  run(invocation: Invocation): Promise<InstanceOutcome>;
  /** Ends the thread wherever it is, as a crash of the runtime does: what runs on it fails. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

/** Errors of the platform name the request that they hit. */
type Failure = (requestId: string | undefined) => FunctionError;
type Settled = { kind: 'returned'; json: string } | { kind: 'failed'; failure: Failure };

/** Lambda grants 10 s; here, two cores may be shared by all functions of a stack at once. */
const INIT_TIMEOUT_SECONDS = 30;
const ENTRY = new URL('./worker/entry.mjs', import.meta.url);

/**
 * Starts a worker thread for a function.
 * @throws Error when Node refuses to start it, such as for a `NODE_OPTIONS` that is not allowed in a worker
 */
export function startInstance(options: {
  definition: FunctionDefinition;
  setup: WorkerSetup;
  environment: Record<string, string>;
  log: (requestId: string | undefined, line: string) => void;
}): Instance {
  const { definition, log } = options;
  let current: Invocation | undefined;
  let settle: ((settled: Settled) => void) | undefined;
  let endedBy: Failure | undefined;
  let ended = false;
  let closing = false;

  const emit = (line: string) => {
    log(current?.requestId, line);
    current?.onLine(line);
  };
  const output = createLineSplitter(emit);

  const worker = new Worker(ENTRY, {
    workerData: options.setup,
    env: options.environment,
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    // What the runtime leaves to the heap; the rest is for buffers and Node itself.
    resourceLimits: { maxOldGenerationSizeMb: Math.floor(definition.memoryMegabytes * 0.9) },
  });
  // Only what Node itself writes comes this way; the function's own output arrives as messages.
  worker.stdout.on('data', (chunk) => output.push(String(chunk)));
  worker.stderr.on('data', (chunk) => output.push(String(chunk)));

  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'log') return output.push(message.text);
    output.flush();
    // A time-out has been decided even if the thread still got an answer out before it was ended.
    if (endedBy !== undefined) return;
    if (message.type === 'ready') settle?.({ kind: 'returned', json: 'null' });
    else if (message.type === 'returned') settle?.({ kind: 'returned', json: message.json });
    else if (message.type === 'crashed') {
      endedBy = () => message.error;
      emit(`ERROR\tUncaught Exception\t${JSON.stringify(message.error)}`);
    } else {
      emit(`ERROR\tInvoke Error\t${JSON.stringify(message.error)}`);
      settle?.({ kind: 'failed', failure: () => message.error });
    }
  });
  worker.on('error', (error: Error & { code?: string }) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      end('Runtime.OutOfMemory', 'Runtime exited with error: signal: killed');
    } else {
      end('Runtime.ExitError', `Runtime exited with error: ${error.message}`);
    }
  });
  worker.on('exit', (code) => {
    ended = true;
    output.flush();
    const how = code === 0 ? 'without providing a reason' : `with error: exit status ${code}`;
    const failure = endedBy ?? end('Runtime.ExitError', `Runtime exited ${how}`);
    settle?.({ kind: 'failed', failure });
  });

  /** Records that the platform ended the thread; the first reason counts. */
  function end(errorType: string, reason: string): Failure {
    if (endedBy !== undefined) return endedBy;
    const failure: Failure = (requestId) => ({
      errorType,
      errorMessage: `RequestId: ${requestId} Error: ${reason}`,
    });
    endedBy = failure;
    if (!closing) emit(`ERROR\t${errorType}\t${reason}`);
    return failure;
  }

  async function settledWithin(seconds: number): Promise<Settled> {
    const { promise, resolve } = Promise.withResolvers<Settled>();
    settle = resolve;
    const timer = setTimeout(() => {
      end('Sandbox.Timedout', `Task timed out after ${seconds.toFixed(2)} seconds`);
      void worker.terminate();
    }, seconds * 1000);
    const settled = await promise;
    clearTimeout(timer);
    settle = undefined;
    return settled;
  }

  async function invoke(invocation: Invocation): Promise<Settled> {
    const init = await initialised;
    if (init.kind === 'failed') return init;
    const settled = settledWithin(definition.timeoutSeconds);
    const message: InvokeMessage = {
      requestId: invocation.requestId,
      payload: invocation.payload,
      functionArn: definition.arn,
      timeoutMilliseconds: definition.timeoutSeconds * 1000,
      traceId: invocation.traceId,
    };
    worker.postMessage(message);
    return settled;
  }

  const initialised = settledWithin(INIT_TIMEOUT_SECONDS);

  return {
    initialised: initialised.then(() => {}),
    isUsable: () => !ended && !closing && endedBy === undefined,
    async run(invocation) {
      current = invocation;
      const settled = await invoke(invocation);
      current = undefined;
      if (settled.kind === 'returned') return settled;
      return { kind: 'failed', error: settled.failure(invocation.requestId) };
    },
    async crash() {
      end('Runtime.ExitError', 'Runtime exited with error: signal: killed');
      await worker.terminate();
    },
    async close() {
      closing = true;
      await worker.terminate();
    },
  };
}
