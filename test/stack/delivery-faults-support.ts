import { rm } from 'node:fs/promises';
import { inject } from 'vitest';
import { changedAssembly } from './changed-assembly.ts';
import { type Fault, type FaultyAws, startFaultyAws } from './faulty-aws.ts';
import { startTestStack, type TestStack } from './test-stack.ts';

const services = ['DYNAMODB', 'KMS', 'SECRETS_MANAGER', 'SES', 'SNS'] as const;
type Service = (typeof services)[number];

/** A call of a function to AWS: of SES and SNS, which have one each, no operation is known. */
export interface Call {
  readonly service: Service;
  readonly operation: string;
  /** Which call it is since the faults were set, over all services. */
  readonly number: number;
}

export interface FaultyFunction {
  /** From now on `fault` says what happens to a call. */
  setFault(fault: (call: Call) => Fault | undefined): void;
  /** The calls since then. */
  readonly calls: readonly Call[];
}

export interface FaultyStack {
  readonly stack: TestStack;
  readonly functions: Readonly<Record<string, FaultyFunction>>;
  close(): Promise<void>;
}

/** A whole stack in which the calls of the named functions to AWS can be made to fail. */
export async function startFaultyStack(names: readonly string[]): Promise<FaultyStack> {
  let endpoint = '';
  const proxies: FaultyAws[] = [];
  const functions: Record<string, FaultyFunction> = {};
  const variables = new Map<string, Record<string, string>>();
  for (const name of names) {
    const calls: Call[] = [];
    let faultOf: (call: Call) => Fault | undefined = () => undefined;
    const environment: Record<string, string> = {};
    for (const service of services) {
      const aws = await startFaultyAws(() => endpoint);
      proxies.push(aws);
      aws.setFault((operation) => {
        const call = { service, operation, number: calls.length + 1 };
        calls.push(call);
        return faultOf(call);
      });
      // Goes before the one endpoint of all services, for the SDK.
      environment[`AWS_ENDPOINT_URL_${service}`] = aws.url;
    }
    variables.set(name, environment);
    functions[name] = {
      calls,
      setFault(fault) {
        calls.length = 0;
        faultOf = fault;
      },
    };
  }
  const assembly = await assemblyWith(variables);
  const stack = await startTestStack({ assembly });
  endpoint = stack.awsEndpoint;
  return {
    stack,
    functions,
    async close() {
      await stack.close();
      await Promise.all(proxies.map((aws) => aws.close()));
      await rm(assembly, { recursive: true, force: true });
    },
  };
}

/** The synthesized stack, with further variables in the environment of some functions. */
function assemblyWith(variables: ReadonlyMap<string, Readonly<Record<string, string>>>): Promise<string> {
  return changedAssembly(inject('assembly'), (resources) => {
    for (const { Properties } of resources) {
      const [, added] =
        [...variables].find(([name]) => String(Properties['FunctionName']).endsWith(`-${name}`)) ?? [];
      const { Variables } = (Properties['Environment'] ?? {}) as { Variables?: object };
      if (added !== undefined)
        Object.assign(Properties, { Environment: { Variables: { ...Variables, ...added } } });
    }
  });
}
