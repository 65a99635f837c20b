import { chmodSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createApiGatewayControl } from './aws/api-gateway/control.ts';
import { type AwsEndpoint, startAwsEndpoint } from './aws/endpoint.ts';
import { createIam, type Iam } from './aws/iam.ts';
import { createKms } from './aws/kms.ts';
import { createSecretsManager } from './aws/secrets-manager.ts';
import { type Clock, createClock } from './clock.ts';
import { clockRoutes } from './clock-routes.ts';
import { takeDataFolder } from './data-folder.ts';
import { startDynamoDb } from './dynamodb/start-dynamodb.ts';
import { type Gateway, startGateway } from './gateway/start-gateway.ts';
import type { FunctionInvoker } from './lambda/invoker.ts';
import { startLambda } from './lambda/start-lambda.ts';
import { openLogFiles } from './logs.ts';
import type { LocalEnvironment, ResolvedResource } from './model.ts';
import { startSchedules } from './schedules.ts';
import { openState } from './state.ts';
import { loadTemplate } from './template/load-template.ts';
import { type ResolvedTemplate, resolveTemplate } from './template/resolve.ts';
import { synthesize } from './template/synthesize.ts';

export interface StackOptions {
  /** Stage of `cdk.json`. */
  readonly stage: string;
  /** Fields of the stage's configuration that differ from `cdk.json`, such as `{ tiers: { free: { burst: 2000 } } }`. */
  readonly overrides?: unknown;
  readonly dataDir: string;
  /** Forget what an earlier stack left in the data folder. */
  readonly fresh?: boolean;
  /** Ports; 0 takes a free one. */
  readonly port: number;
  readonly awsPort: number;
  /** Told what is being done, for people who wait. */
  readonly progress?: (what: string) => void;
  /** Each access log line, beside the log file. */
  readonly onRequest?: (line: string) => void;
  /** Each line that a function writes, beside the log file. */
  readonly onFunctionLine?: (functionName: string, line: string) => void;
}

/** What `stack.json` holds. */
export interface StackDescription {
  readonly apiUrl: string;
  readonly awsEndpoint: string;
  readonly region: string;
  /** Physical names by short name: `{ "generate-key": "latchkey-dev-generate-key" }`. */
  readonly functions: Readonly<Record<string, string>>;
  readonly tables: Readonly<Record<string, string>>;
}

export interface RunningStack extends StackDescription {
  readonly stackName: string;
  readonly dataDir: string;
  readonly logFolder: string;
  readonly clock: Clock;
  readonly invoker: FunctionInvoker;
  readonly iam: Iam;
  readonly template: ResolvedTemplate;
  /** Lets requests under way finish, then frees ports and data folder. */
  close(): Promise<void>;
}

const defaultRegion = 'us-east-1';
const defaultAccount = '000000000000';

/**
 * Synthesizes the stack and brings up what its template declares.
 * @throws Error with a message for people: a port or data folder in use, something in the template that the local
 *   runner does not support, a wrong configuration
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const { progress = () => {} } = options;
  const dataDir = resolve(options.dataDir);
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const folder = takeDataFolder(dataDir, options.fresh ?? false);
    closers.push(() => folder.release());
    progress('Synthesizing the stack');
    const assembly = await synthesize({
      stage: options.stage,
      outdir: join(dataDir, 'cdk.out'),
      ...(options.overrides === undefined ? {} : { overrides: options.overrides }),
    });
    const loaded = await loadTemplate(assembly);
    const environment: LocalEnvironment = {
      region: loaded.region ?? defaultRegion,
      accountId: loaded.accountId ?? defaultAccount,
      stackName: loaded.stackName,
      dataDir,
    };
    const template = resolveTemplate(loaded.template, environment);
    const { resources } = template;

    progress('Starting what the template declares');
    const statePath = join(dataDir, 'state.sqlite');
    const state = openState(statePath);
    closers.push(() => state.close());
    chmodSync(statePath, 0o600);
    const clock = createClock({ state });
    const logs = openLogFiles(dataDir);
    closers.push(() => logs.close());
    const iam = createIam(resources, environment);
    const common = { environment, clock, state, resources };
    const kms = createKms(common);
    const secrets = createSecretsManager({ ...common, keyArn: kms.keyArn });
    let gateway: Gateway | undefined;
    const control = createApiGatewayControl({
      environment,
      clock,
      state,
      plans: resources,
      ledger: () => gateway?.ledger ?? { daily: () => ({}) },
    });
    const dynamodb = await startDynamoDb({
      environment,
      clock,
      state,
      tables: template.byType('AWS::DynamoDB::Table'),
    });
    closers.push(() => dynamodb.close());
    let endpoint: AwsEndpoint | undefined;
    closers.push(() => endpoint?.close());
    const functions = template.byType('AWS::Lambda::Function');
    const logGroups = logGroupsOf(functions);
    const lambda = await startLambda({
      environment,
      clock,
      functions,
      assetPath: loaded.assetPath,
      awsEndpoint: () => endpoint?.url ?? '',
      credentialsOf: iam.credentialsOf,
      log: (functionName, _requestId, line) => {
        logs.write(logGroups.get(functionName) ?? functionName, line);
        options.onFunctionLine?.(functionName, line);
      },
    });
    closers.push(() => lambda.close());
    endpoint = await startAwsEndpoint({
      port: options.awsPort,
      services: [dynamodb, secrets, kms, control, lambda.service],
      access: iam,
    });
    const { url: awsEndpoint } = endpoint;
    const schedules = startSchedules({
      environment,
      clock,
      state,
      resources,
      invoker: lambda,
      log: (line) => logs.write('/local/schedules', line),
    });
    closers.push(() => schedules.close());
    gateway = await startGateway({
      environment,
      clock,
      state,
      resources: resources.filter(({ type }) => /^AWS::(ApiGateway::|Lambda::Permission$)/.test(type)),
      invoker: lambda,
      usageKeys: control.registry,
      port: options.port,
      accessLog: (group, line) => {
        logs.write(group, line);
        options.onRequest?.(line);
      },
      localRoutes: clockRoutes(clock),
    });
    const { url: apiUrl } = gateway;
    closers.push(() => gateway?.close());
    await lambda.warm(functions.map(({ ref }) => ref));

    const description: StackDescription = {
      apiUrl,
      awsEndpoint,
      region: environment.region,
      functions: shortNames(functions, environment.stackName),
      tables: shortNames(template.byType('AWS::DynamoDB::Table'), environment.stackName),
    };
    writeAtOnce(join(dataDir, 'stack.json'), `${JSON.stringify(description, null, 2)}\n`);
    return {
      ...description,
      stackName: environment.stackName,
      dataDir,
      logFolder: logs.folder,
      clock,
      invoker: lambda,
      iam,
      template,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The log group of each function, by the function's name. */
function logGroupsOf(functions: readonly ResolvedResource[]): ReadonlyMap<string, string> {
  return new Map(
    functions.map(({ ref, properties }) => {
      const config = properties['LoggingConfig'] as { LogGroup?: string } | undefined;
      return [ref, config?.LogGroup ?? `/aws/lambda/${ref}`];
    }),
  );
}

/** `latchkey-dev-generate-key` of stack `latchkey-dev` is `generate-key`. */
function shortNames(resources: readonly { ref: string }[], stackName: string): Record<string, string> {
  return Object.fromEntries(
    resources
      .map(({ ref }) => [ref.startsWith(`${stackName}-`) ? ref.slice(stackName.length + 1) : ref, ref] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** A reader sees the whole file or the one before, never half of it. */
function writeAtOnce(path: string, content: string): void {
  writeFileSync(`${path}.${process.pid}`, content, { mode: 0o600 });
  renameSync(`${path}.${process.pid}`, path);
}
