import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startGateway } from '../../local/gateway/start-gateway.ts';
import { startLambda } from '../../local/lambda/start-lambda.ts';
import { openState } from '../../local/state.ts';
import { loadTemplate } from '../../local/template/load-template.ts';
import type { HttpAnswer, TestStack } from './test-stack.ts';

/** What happens to one call of a function to AWS. */
export type Fault =
  /** It is carried out, and the answer is lost on its way back. */
  | 'answer-lost'
  /** The connection breaks before anything is carried out. */
  | 'connection-lost'
  /** Nobody answers, ever. */
  | 'silence'
  /** The service refuses with this error and carries nothing out. */
  | { readonly status: number; readonly error: string };

export interface FaultyAws {
  /** A running AWS endpoint that hands every call on to another, unless a fault is set for it. */
  readonly url: string;
  /** Names of the operations that came, such as `GetItem`, since the faults were set. */
  readonly calls: string[];
  /** From now on `fault` says what happens to a call of an operation; undefined lets it through. Forgets `calls`. */
  setFault(fault: (operation: string, count: number) => Fault | undefined): void;
  close(): Promise<void>;
}

/** Stands between functions and an AWS endpoint: a real server with a real client, real sockets and real time. */
export async function startFaultyAws(target: () => string): Promise<FaultyAws> {
  const calls: string[] = [];
  let faultOf: (operation: string, count: number) => Fault | undefined = () => undefined;

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    calls.push(operation);
    const fault = faultOf(operation, calls.filter((call) => call === operation).length);
    if (fault === 'silence') return;
    if (fault === 'connection-lost') return void outgoing.destroy();
    if (typeof fault === 'object') {
      outgoing.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0' });
      outgoing.end(JSON.stringify({ __type: fault.error, message: 'a fault on purpose' }));
      return;
    }
    const {
      authorization = '',
      'x-amz-target': operationHeader = '',
      'content-type': type,
    } = incoming.headers;
    const answer = await fetch(`${target()}${incoming.url}`, {
      method: incoming.method ?? 'POST',
      headers: { authorization, 'x-amz-target': String(operationHeader), 'content-type': type ?? '' },
      // A GET has none, and may not have an empty one either.
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (fault === 'answer-lost') return void outgoing.destroy();
    outgoing.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    outgoing.end(body);
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    setFault(fault) {
      calls.length = 0;
      faultOf = fault;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A second gateway before the same tables, whose functions reach AWS through `aws` only. */
export interface FaultyFront {
  readonly aws: FaultyAws;
  /** `POST /decisions/evaluate` */
  evaluate(apiKey: string, body?: string): Promise<HttpAnswer>;
  /** `GET /usage` */
  usage(apiKey: string): Promise<HttpAnswer>;
  /** Invokes a function of this front; throws what it failed with. */
  manage<Answer>(functionName: string, payload: unknown): Promise<Answer>;
  /** What a function of this front has logged so far. */
  log(functionName: string): string;
  close(): Promise<void>;
}

/**
 * Starts the functions behind the API once more, from the template of a running stack, with an AWS between them and the
 * stack's own that fails on demand. The gateway's own keys are not what fails here: it takes any value for one.
 */
export async function startFaultyFront(stack: TestStack): Promise<FaultyFront> {
  const aws = await startFaultyAws(() => stack.awsEndpoint);
  const { assetPath } = await loadTemplate(stack.assembly);
  const environment = {
    region: stack.region,
    accountId: '000000000000',
    stackName: stack.stackName,
    dataDir: stack.dataDir,
  };
  const logged = new Map<string, string>();
  const functions = stack.template.byType('AWS::Lambda::Function');
  const lambda = await startLambda({
    environment,
    clock: stack.clock,
    functions,
    assetPath,
    compileCache: join(stack.assembly, 'compile-cache'),
    awsEndpoint: aws.url,
    credentialsOf: stack.iam.credentialsOf,
    // One instance, so that what one request has read is there for the next.
    maximumInstances: 1,
    log: (name, _, line) => logged.set(name, `${logged.get(name) ?? ''}${line}\n`),
  });
  const plans = stack.template.byType('AWS::ApiGateway::UsagePlan').map(({ ref }) => ref);
  const state = openState(':memory:');
  const gateway = await startGateway({
    environment,
    clock: stack.clock,
    state,
    resources: stack.template.resources.filter(({ type }) =>
      /^AWS::(ApiGateway::|Lambda::Permission$)/.test(type),
    ),
    invoker: lambda,
    usageKeys: {
      findByValue: (value) => ({ id: value, value, name: value, enabled: true }),
      plansOf: () => plans,
    },
    port: 0,
    accessLog: () => {},
  });
  const send = async (method: string, path: string, apiKey: string, body?: string): Promise<HttpAnswer> => {
    const answer = await fetch(`${gateway.url}${path}`, {
      method,
      headers: { 'X-API-Key': apiKey },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) };
  };
  return {
    aws,
    evaluate: (apiKey, body = '{"category":"FINANCIAL","amount":1000}') =>
      send('POST', '/decisions/evaluate', apiKey, body),
    usage: (apiKey) => send('GET', '/usage', apiKey),
    async manage<Answer>(name: string, payload: unknown) {
      const outcome = await lambda.invoke(stack.functions[name] ?? name, payload);
      if (outcome.kind === 'failed')
        throw new Error(`${outcome.error.errorType}: ${outcome.error.errorMessage}`);
      return outcome.payload as Answer;
    },
    log: (name) => logged.get(stack.functions[name] ?? name) ?? '',
    close: async () => {
      await gateway.close();
      await lambda.close();
      await aws.close();
      state.close();
    },
  };
}
