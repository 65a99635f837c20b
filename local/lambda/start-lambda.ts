import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AwsService } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import { createEventQueue } from './event-queue.ts';
import { readFunction } from './function-definition.ts';
import type { FunctionCredentials } from './function-environment.ts';
import { functionNotFound, resolveFunctionArn } from './function-name.ts';
import { createFunctionRunner, type FunctionRunner } from './function-runner.ts';
import type { FunctionInvoker } from './invoker.ts';
import { createLambdaService } from './lambda-service.ts';

export interface LambdaOptions {
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  /** Resources of type `AWS::Lambda::Function`. */
  readonly functions: readonly ResolvedResource[];
  /** Absolute folder of the bundled code. */
  readonly assetPath: (functionLogicalId: string) => string;
  /** Folder for what V8 has compiled, kept between starts; in the data folder by default. */
  readonly compileCache?: string | undefined;
  /** Where functions find all AWS services. A getter is read when the first instance of a function starts. */
  readonly awsEndpoint: string | (() => string);
  /** What a value of a function's environment is here, where an address of AWS's stands in it. As it is by default. */
  readonly reached?: (value: string) => string;
  readonly credentialsOf: (roleArn: string) => FunctionCredentials;
  /** One line of a function's output; no request id while it is being initialised ahead of an invocation. */
  readonly log: (functionName: string, requestId: string | undefined, line: string) => void;
  /** Worker threads per function; further invocations wait. 2 by default. */
  readonly maximumInstances?: number;
}

export interface LocalLambda extends FunctionInvoker {
  /** The Lambda API, for the local AWS endpoint. */
  readonly service: AwsService;
  /**
   * Starts an instance of each named function (of all without names) ahead of its first invocation. Resolves when they
   * are initialised; a function that fails to load says so in the log and again when it is invoked.
   */
  warm(functionNames?: readonly string[]): Promise<void>;
  /**
   * For tests: ends an instance of a function in the middle of an invocation, as Lambda may at any time. The invocation
   * fails; what it has asked of AWS by then may or may not be done.
   * @returns false where nothing runs
   */
  interrupt(functionName: string): Promise<boolean>;
  /** Lets running invocations finish for up to five seconds, then ends all instances. */
  close(): Promise<void>;
}

/**
 * The functions of the template in worker threads, started by need.
 * @throws Error that names logical id, type and property of what is not supported
 */
export async function startLambda(options: LambdaOptions): Promise<LocalLambda> {
  const { awsEndpoint, environment, clock } = options;
  const runners = new Map<string, FunctionRunner>();
  for (const resource of options.functions) {
    const definition = readFunction(resource, environment);
    const runner = createFunctionRunner({
      definition,
      environment,
      clock,
      taskRoot: options.assetPath(resource.logicalId),
      compileCache: options.compileCache ?? join(environment.dataDir, 'compile-cache'),
      awsEndpoint: typeof awsEndpoint === 'string' ? () => awsEndpoint : awsEndpoint,
      reached: options.reached ?? ((value) => value),
      credentials: options.credentialsOf(definition.roleArn),
      maximumInstances: options.maximumInstances ?? 2,
      log: (requestId, line) => options.log(definition.name, requestId, line),
    });
    runners.set(definition.arn, runner);
  }
  const events = createEventQueue(clock);

  function runnerOf(nameOrArn: string): FunctionRunner {
    const arn = resolveFunctionArn(nameOrArn, environment);
    const runner = runners.get(arn);
    if (runner === undefined) throw functionNotFound(arn);
    return runner;
  }

  return {
    service: createLambdaService({ environment, runnerOf, events, log: options.log }),
    async invoke(functionNameOrArn, payload, { requestId = randomUUID() } = {}) {
      const json: string | undefined = JSON.stringify(payload);
      const outcome = await runnerOf(functionNameOrArn).run(requestId, json ?? '{}');
      return outcome.kind === 'returned'
        ? { kind: 'returned', requestId, payload: JSON.parse(outcome.json) }
        : { kind: 'failed', requestId, error: outcome.error };
    },
    async warm(functionNames) {
      const chosen = functionNames?.map(runnerOf) ?? [...runners.values()];
      await Promise.all(chosen.map((runner) => runner.warm()));
    },
    interrupt: (functionName) => runnerOf(functionName).interrupt(),
    async close() {
      events.close();
      await Promise.all([...runners.values()].map((runner) => runner.close()));
    },
  };
}
