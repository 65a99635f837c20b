import { z } from 'zod';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';

/** What the local Lambda knows about a function; sizes in MB, times in seconds. */
export interface FunctionDefinition {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly handler: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly reservedConcurrency: number | undefined;
  readonly logGroupName: string;
  readonly logFormat: 'JSON' | 'Text';
  readonly applicationLogLevel: string | undefined;
}

/** CloudFormation refuses a template that sets one of these. */
const RESERVED_VARIABLES = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

const propertiesSchema = z.strictObject({
  FunctionName: z.string().optional(),
  Handler: z.string(),
  Runtime: z.literal('nodejs24.x'),
  /** Where the bundle lies is answered by `assetPath`. */
  Code: z.unknown().optional(),
  Role: z.string(),
  Timeout: z.number().int().min(1).max(900).default(3),
  MemorySize: z.number().int().min(128).max(10_240).default(128),
  Environment: z
    .strictObject({
      Variables: z
        .record(
          z.string().refine((name) => !RESERVED_VARIABLES.has(name), 'is reserved by Lambda'),
          z.string(),
        )
        .default({}),
    })
    .optional(),
  ReservedConcurrentExecutions: z.number().int().min(0).optional(),
  LoggingConfig: z
    .strictObject({
      LogGroup: z.string().optional(),
      LogFormat: z.enum(['JSON', 'Text']).optional(),
      ApplicationLogLevel: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']).optional(),
      SystemLogLevel: z.enum(['DEBUG', 'INFO', 'WARN']).optional(),
    })
    .optional(),
});

/**
 * Reads an `AWS::Lambda::Function`.
 * @throws Error that names logical id, type and every property that is unknown or not supported
 */
export function readFunction(resource: ResolvedResource, environment: LocalEnvironment): FunctionDefinition {
  const parsed = propertiesSchema.safeParse(resource.properties);
  if (!parsed.success) {
    const faults = parsed.error.issues.flatMap(describeIssue).join('; ');
    throw new Error(`${resource.logicalId} (${resource.type}): ${faults}`);
  }
  const { data } = parsed;
  const name = resource.ref;
  return {
    logicalId: resource.logicalId,
    name,
    arn: functionArn(environment, name),
    handler: data.Handler,
    roleArn: data.Role,
    timeoutSeconds: data.Timeout,
    memoryMegabytes: data.MemorySize,
    variables: data.Environment?.Variables ?? {},
    reservedConcurrency: data.ReservedConcurrentExecutions,
    logGroupName: data.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
    logFormat: data.LoggingConfig?.LogFormat ?? 'Text',
    applicationLogLevel: data.LoggingConfig?.ApplicationLogLevel,
  };
}

/** The unqualified ARN of a function of this stack. */
export function functionArn(environment: LocalEnvironment, name: string): string {
  return `arn:aws:lambda:${environment.region}:${environment.accountId}:function:${name}`;
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const at = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => `property ${at === '' ? key : `${at}.${key}`} is not supported by the local runner`,
    );
  }
  const reason =
    issue.code === 'invalid_key' ? issue.issues.map((inner) => inner.message).join(', ') : issue.message;
  return [`property ${at}: ${reason}`];
}
