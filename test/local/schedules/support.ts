import type { FunctionInvoker, InvokeOutcome } from '../../../local/lambda/invoker.ts';
import type { LocalEnvironment, ResolvedResource } from '../../../local/model.ts';

export const environment: LocalEnvironment = {
  region: 'eu-central-1',
  accountId: '000000000000',
  stackName: 'test',
  dataDir: '/nowhere',
};

export const functionArn = (name: string) => `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;
export const ruleArn = (name: string) => `arn:aws:events:eu-central-1:000000000000:rule/${name}`;

/** An hourly rule that invokes the function `sweep`; a property given as undefined is left out. */
export function rule(logicalId: string, properties: Record<string, unknown> = {}): ResolvedResource {
  return {
    logicalId,
    type: 'AWS::Events::Rule',
    ref: logicalId,
    attributes: { Arn: ruleArn(logicalId) },
    properties: defined({
      ScheduleExpression: 'rate(1 hour)',
      Targets: [{ Id: 'Target0', Arn: functionArn('sweep') }],
      ...properties,
    }),
  };
}

/** Lets any rule invoke the function `sweep`. */
export function permission(logicalId: string, properties: Record<string, unknown> = {}): ResolvedResource {
  return {
    logicalId,
    type: 'AWS::Lambda::Permission',
    ref: logicalId,
    attributes: {},
    properties: defined({
      Action: 'lambda:InvokeFunction',
      FunctionName: functionArn('sweep'),
      Principal: 'events.amazonaws.com',
      SourceArn: ruleArn('*'),
      ...properties,
    }),
  };
}

function defined(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

export interface Call {
  readonly functionName: string;
  readonly payload: unknown;
  readonly requestId: string | undefined;
}

/** Runs functions of the test; one that throws has failed, an `AwsError` is Lambda's own refusal. */
export function recordingInvoker(
  answer: (call: Call) => Promise<InvokeOutcome> | undefined = () => undefined,
): FunctionInvoker & { readonly calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    async invoke(arn, payload, options) {
      const call = { functionName: arn.split(':').at(-1) ?? '', payload, requestId: options?.requestId };
      calls.push(call);
      return (await answer(call)) ?? { kind: 'returned', requestId: call.requestId ?? '', payload: null };
    },
  };
}

export function failure(errorType = 'TypeError'): Promise<InvokeOutcome> {
  const error = { errorType, errorMessage: 'the function broke' };
  return Promise.resolve({ kind: 'failed', requestId: 'request', error });
}
