import { devNull } from 'node:os';
import type { LocalEnvironment } from '../model.ts';
import type { FunctionDefinition } from './function-definition.ts';

export interface FunctionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a process cannot do without, and says nothing about who runs it. */
const INHERITED = ['PATH', 'SystemRoot', 'TMPDIR', 'TEMP'];

/**
 * The whole environment of one instance: the template's variables and what Lambda sets itself, which wins. Of the
 * runner's own environment only what every process needs passes through.
 */
export function functionEnvironment(options: {
  definition: FunctionDefinition;
  environment: LocalEnvironment;
  taskRoot: string;
  awsEndpoint: string;
  reached: (value: string) => string;
  credentials: FunctionCredentials;
  logStreamName: string;
  inherited: Readonly<Record<string, string | undefined>>;
}): Record<string, string> {
  const { definition, environment, credentials, inherited } = options;
  const kept = INHERITED.flatMap((name) => {
    const value = inherited[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...Object.fromEntries(
      Object.entries(definition.variables).map(([name, value]) => [name, options.reached(value)]),
    ),
    _HANDLER: definition.handler,
    AWS_REGION: environment.region,
    AWS_DEFAULT_REGION: environment.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: definition.logFormat,
    ...(definition.applicationLogLevel === undefined
      ? {}
      : { AWS_LAMBDA_LOG_LEVEL: definition.applicationLogLevel }),
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStreamName,
    LAMBDA_TASK_ROOT: options.taskRoot,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: options.awsEndpoint,
    // No detour to the account of whoever runs the stack: neither instance metadata nor ~/.aws is looked at.
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}
