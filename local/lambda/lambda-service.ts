import { AwsError, type AwsRequest, type AwsResponse, type AwsService } from '../aws/service.ts';
import type { LocalEnvironment } from '../model.ts';
import type { EventQueue } from './event-queue.ts';
import { qualifierNotSupported, resolveFunctionArn } from './function-name.ts';
import type { FunctionRunner } from './function-runner.ts';
import type { InstanceOutcome } from './instance.ts';

const INVOKE_PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const MAXIMUM_PAYLOAD_BYTES = 6 * 1024 * 1024;
const MAXIMUM_EVENT_BYTES = 1024 * 1024;
const MAXIMUM_TAIL_BYTES = 4096;
/** Parameters of `Invoke` that have no meaning here, by header. */
const REFUSED_HEADERS = ['x-amz-client-context', 'x-amz-tenant-id', 'x-amz-durable-execution-name'];
const INVOCATION_TYPES = ['RequestResponse', 'Event', 'DryRun'];
const LOG_TYPES = ['None', 'Tail'];

interface ServiceOptions {
  readonly environment: LocalEnvironment;
  /** @throws AwsError ResourceNotFoundException */
  readonly runnerOf: (arn: string) => FunctionRunner;
  readonly events: EventQueue;
  readonly log: (functionName: string, requestId: string | undefined, line: string) => void;
}

/** The Lambda API: `Invoke`. Every other operation is refused. */
export function createLambdaService(options: ServiceOptions): AwsService {
  return {
    signingName: 'lambda',
    async handle(request) {
      try {
        const name = INVOKE_PATH.exec(request.path)?.[1];
        if (name === undefined || request.method !== 'POST') throw unknownOperation(request);
        return await invoke(options, request, name);
      } catch (error) {
        if (error instanceof AwsError) return errorResponse(error, request.requestId);
        throw error;
      }
    },
  };
}

async function invoke(options: ServiceOptions, request: AwsRequest, name: string): Promise<AwsResponse> {
  const { requestId } = request;
  const { invocationType, wantsTail } = readParameters(request);
  const arn = resolveFunctionArn(name, options.environment);
  request.authorize('lambda:InvokeFunction', arn);
  const runner = options.runnerOf(arn);
  const payload = readPayload(
    request.body,
    invocationType === 'Event' ? MAXIMUM_EVENT_BYTES : MAXIMUM_PAYLOAD_BYTES,
  );

  if (invocationType === 'DryRun') return { status: 204, headers: commonHeaders(requestId), body: '' };
  if (invocationType === 'Event') {
    options.events.accept({
      requestId,
      attempt: () => attempt(runner, requestId, payload),
      log: (line) => options.log(runner.definition.name, requestId, line),
    });
    return { status: 202, headers: commonHeaders(requestId), body: '' };
  }
  const lines: string[] = [];
  const outcome = await runner.run(requestId, payload, (line) => lines.push(`${line}\n`));
  return invokeResponse(requestId, outcome, wantsTail ? lines.join('') : undefined);
}

function readParameters(request: AwsRequest): { invocationType: string; wantsTail: boolean } {
  const qualifier = request.query.get('Qualifier');
  if (qualifier !== null) throw qualifierNotSupported(qualifier);
  const refused = [
    ...request.query.keys(),
    ...REFUSED_HEADERS.filter((name) => request.headers[name] !== undefined),
  ];
  if (refused.length > 0) throw invalidParameter(`not supported by the local Lambda: ${refused.join(', ')}`);
  return {
    invocationType: oneOf(request, 'x-amz-invocation-type', INVOCATION_TYPES),
    wantsTail: oneOf(request, 'x-amz-log-type', LOG_TYPES) === 'Tail',
  };
}

/** The first of `values` is the default. */
function oneOf(request: AwsRequest, header: string, values: readonly string[]): string {
  const value = request.headers[header] ?? values[0] ?? '';
  if (values.includes(value)) return value;
  throw invalidParameter(`${header} must be one of ${values.join(', ')}, not '${value}'`);
}

/** No payload at all is an empty object to the function. */
function readPayload(body: Buffer, maximumBytes: number): string {
  if (body.length > maximumBytes) {
    const message = `Request must be smaller than ${maximumBytes} bytes for the InvokeFunction operation`;
    throw new AwsError('RequestTooLargeException', message, 413);
  }
  if (body.length === 0) return '{}';
  const text = body.toString('utf8');
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${reason}`);
  }
}

async function attempt(runner: FunctionRunner, requestId: string, payload: string) {
  try {
    const outcome = await runner.run(requestId, payload);
    return outcome.kind === 'returned' ? 'succeeded' : 'failed';
  } catch (error) {
    return error instanceof AwsError && error.code === 'TooManyRequestsException' ? 'throttled' : 'failed';
  }
}

function invokeResponse(requestId: string, outcome: InstanceOutcome, log: string | undefined): AwsResponse {
  const headers = {
    ...commonHeaders(requestId),
    'content-type': 'application/json',
    'x-amz-executed-version': '$LATEST',
    ...(outcome.kind === 'failed' ? { 'x-amz-function-error': 'Unhandled' } : {}),
    ...(log === undefined
      ? {}
      : { 'x-amz-log-result': Buffer.from(log).subarray(-MAXIMUM_TAIL_BYTES).toString('base64') }),
  };
  return {
    status: 200,
    headers,
    body: outcome.kind === 'returned' ? outcome.json : JSON.stringify(outcome.error),
  };
}

function errorResponse(error: AwsError, requestId: string): AwsResponse {
  return {
    status: error.status,
    headers: {
      ...commonHeaders(requestId),
      'content-type': 'application/json',
      'x-amzn-errortype': error.code,
    },
    body: JSON.stringify({
      Type: error.status < 500 ? 'User' : 'Service',
      Message: error.message,
      ...error.details,
    }),
  };
}

function commonHeaders(requestId: string): Record<string, string> {
  return { 'x-amzn-requestid': requestId };
}

function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

function unknownOperation(request: AwsRequest): AwsError {
  const message = `The local Lambda has only Invoke, not ${request.method} ${request.path}`;
  return new AwsError('UnknownOperationException', message, 404);
}
