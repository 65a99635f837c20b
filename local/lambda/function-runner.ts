import { randomBytes } from 'node:crypto';
import { AwsError } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import type { LocalEnvironment } from '../model.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { type FunctionCredentials, functionEnvironment } from './function-environment.ts';
import { type InstanceOutcome, startInstance } from './instance.ts';
import { createInstancePool } from './instance-pool.ts';

/** One function with its warm instances. */
export interface FunctionRunner {
  readonly definition: FunctionDefinition;
  /**
   * @param payload JSON
   * @param onLine each line of log of this invocation
   * @throws AwsError TooManyRequestsException while the reserved concurrency is used up
   */
  run(requestId: string, payload: string, onLine?: (line: string) => void): Promise<InstanceOutcome>;
  warm(): Promise<void>;
  /** Crashes an instance that runs something. @returns false where none does */
  interrupt(): Promise<boolean>;
  close(): Promise<void>;
}

export function createFunctionRunner(options: {
  definition: FunctionDefinition;
  environment: LocalEnvironment;
  clock: Clock;
  /** Absolute folder of the bundle. */
  taskRoot: string;
  compileCache: string;
  awsEndpoint: () => string;
  /** What a value of the environment is here, where an address of AWS's stands in it. */
  reached: (value: string) => string;
  credentials: FunctionCredentials;
  maximumInstances: number;
  log: (requestId: string | undefined, line: string) => void;
}): FunctionRunner {
  const { definition, environment, clock, taskRoot, log } = options;
  const reserved = definition.reservedConcurrency ?? Number.POSITIVE_INFINITY;
  let underway = 0;

  const pool = createInstancePool({
    maximum: Math.min(options.maximumInstances, reserved),
    start: () =>
      startInstance({
        definition,
        setup: {
          taskRoot,
          handler: definition.handler,
          clockOffset: clock.offset,
          compileCache: options.compileCache,
        },
        environment: functionEnvironment({
          definition,
          environment,
          taskRoot,
          awsEndpoint: options.awsEndpoint(),
          reached: options.reached,
          credentials: options.credentials,
          logStreamName: logStreamName(clock.now()),
          inherited: process.env,
        }),
        log,
      }),
  });

  return {
    definition,
    async run(requestId, payload, onLine = () => {}) {
      if (underway >= reserved) {
        throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, {
          Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
        });
      }
      underway += 1;
      try {
        return await pool.run({ requestId, payload, onLine, traceId: newTraceId(clock.now()) });
      } catch (error) {
        const reason = refusalToStart(error);
        log(requestId, reason);
        return {
          kind: 'failed',
          error: { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${reason}` },
        };
      } finally {
        underway -= 1;
      }
    },
    async warm() {
      try {
        await pool.warm();
      } catch (error) {
        log(undefined, refusalToStart(error));
      }
    },
    interrupt: () => pool.interrupt(),
    close: () => pool.close(),
  };
}

/** Why Node refused a worker, such as for a `NODE_OPTIONS` that it does not know; any other error is thrown on. */
function refusalToStart(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (error instanceof Error && code === 'ERR_WORKER_INVALID_EXEC_ARGV') return error.message;
  throw error;
}

function logStreamName(now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[$LATEST]${randomBytes(16).toString('hex')}`;
}

/** An X-Ray header that asks for no sampling: there is nothing that would collect the segments. */
function newTraceId(now: number): string {
  const epoch = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${epoch}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
