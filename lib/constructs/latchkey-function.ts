import { Duration } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { z } from 'zod/mini';
import { metricNamespace } from '../../functions/runtime/metric-names.ts';
import type { Config } from '../config.ts';
import { type FunctionName, functionEntries } from '../function-entries.ts';
import { bundleFunctions } from './function-bundle.ts';
import { FunctionRole } from './function-role.ts';
import { dataRemoval, logRetention } from './stage-settings.ts';

export interface LatchkeyFunctionProps {
  readonly config: Config;
  readonly name: FunctionName;
  readonly description: string;
  /** Default 512 MB: more memory is more CPU, and a cold start is CPU. */
  readonly memorySize?: number;
  /** Default 15 s. */
  readonly timeout?: Duration;
}

/**
 * A Lambda function of the product: bundled, on ARM, with a role of its own that may do nothing but write its own log
 * group, until a construct's grant gives it more together with the environment that goes with it.
 */
export class LatchkeyFunction extends LambdaFunction {
  /** As its logs and metrics name it. */
  readonly service: FunctionName;

  constructor(scope: Construct, id: string, props: LatchkeyFunctionProps) {
    const { config, name } = props;
    const functionName = `latchkey-${config.stage}-${name}`;
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      logGroupName: `/latchkey/${config.stage}/${name}`,
      retention: logRetention(config),
      removalPolicy: dataRemoval(config),
    });
    const role = new FunctionRole(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What ${functionName} may do, and nothing else`,
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    const code = bundleFunctions(functionEntries)[name];
    if (code === undefined) throw new Error(`function ${name} was not bundled`);
    super(scope, id, {
      functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(code),
      memorySize: props.memorySize ?? 512,
      timeout: props.timeout ?? Duration.seconds(15),
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.TEXT,
      logGroup,
      role,
      environment: {
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: metricNamespace(config.stage),
      },
    });
    this.service = name;
  }

  /** Sets the environment that a subsystem's contract demands; a missing or misspelt name does not compile. */
  addEnvironments<S extends z.ZodMiniObject>(
    _schema: S,
    values: Record<keyof S['shape'] & string, string>,
  ): void {
    for (const [name, value] of Object.entries(values)) this.addEnvironment(name, value);
  }

  /** Permits exactly these actions on exactly these resources. */
  allow(actions: readonly string[], resources: readonly string[], conditions?: Record<string, object>): void {
    this.addToRolePolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [...resources],
        ...(conditions === undefined ? {} : { conditions }),
      }),
    );
  }
}

/** How a construct makes its functions, all in its own scope. */
export type MakeFunction = (
  id: string,
  name: FunctionName,
  description: string,
  options?: Pick<LatchkeyFunctionProps, 'memorySize' | 'timeout'>,
) => LatchkeyFunction;

export function functionsIn(scope: Construct, config: Config): MakeFunction {
  return (id, name, description, options) =>
    new LatchkeyFunction(scope, id, { config, name, description, ...options });
}
