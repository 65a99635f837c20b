import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closingGrace } from '../closing-grace.ts';
import { isFromThisMachine } from '../this-machine-only.ts';
import { type AccessControl, authorizer } from './access-control.ts';
import { errorProtocolOf, errorResponse } from './error-response.ts';
import { AwsError, type AwsRequest, type AwsResponse, type AwsService } from './service.ts';
import { readCredentialScope } from './signature.ts';

export interface AwsEndpointOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly services: readonly AwsService[];
  readonly access: AccessControl;
  /** Receives one line per unexpected failure; standard error unless given. */
  readonly log?: (line: string) => void;
}

export interface AwsEndpoint {
  readonly url: string;
  /** Lets requests under way finish (5 s at most), then closes the services too. */
  close(): Promise<void>;
}

type Headers = Readonly<Record<string, string>>;

/** The largest body of a service here: DynamoDB's 16 MB. */
const maxBodyBytes = 16 * 1024 * 1024;

/**
 * The one endpoint for AWS SDKs and the AWS CLI: plain HTTP on 127.0.0.1; the service is told by the credential scope.
 * @returns rejects with the socket's error, such as code `EADDRINUSE`
 */
export async function startAwsEndpoint(options: AwsEndpointOptions): Promise<AwsEndpoint> {
  const services = new Map(options.services.map((service) => [service.signingName, service]));
  const log = options.log ?? ((line: string) => console.error(line));

  const server = createServer((incoming, outgoing) => {
    answer(incoming, services, options.access, log).then(
      ([requestId, response]) => send(outgoing, requestId, response),
      () => outgoing.destroy(), // the client went away while it was sending
    );
  });
  // As long as AWS's endpoints keep an idle connection; Node's 5 s would close many a one that a client is about to use.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const deadline = setTimeout(() => server.closeAllConnections(), closingGrace);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(deadline);
      await Promise.all(options.services.map((service) => service.close?.()));
    },
  };
}

async function answer(
  incoming: IncomingMessage,
  services: ReadonlyMap<string, AwsService>,
  access: AccessControl,
  log: (line: string) => void,
): Promise<[requestId: string, AwsResponse]> {
  const requestId = randomUUID();
  const headers = flatten(incoming);
  const body = await readBody(incoming);
  try {
    refuseBrowsers(headers);
    const url = parseUrl(incoming.url ?? '/');
    const scope = readCredentialScope(headers, url.query);
    const service = services.get(scope.service);
    if (service === undefined) throw unknownService(scope.service, [...services.keys()]);
    if (body === 'too large') {
      throw new AwsError('RequestEntityTooLargeException', `The body exceeds ${maxBodyBytes} bytes`, 413);
    }
    const principal = access.principalOf(scope.accessKeyId);
    const request: AwsRequest = {
      method: incoming.method ?? 'GET',
      ...url,
      headers,
      body,
      requestId,
      principal,
      authorize: authorizer(access, principal, errorProtocolOf(headers) === 'rest-json' ? 403 : 400),
    };
    return [requestId, await service.handle(request)];
  } catch (error) {
    if (error instanceof AwsError) return [requestId, errorResponse(error, headers, requestId)];
    // The stack trace tells where; the request itself may hold secrets and stays out of the log.
    log(`aws endpoint: request ${requestId} failed: ${error instanceof Error ? error.stack : String(error)}`);
    const failure = new AwsError('InternalFailure', 'The local stand-in failed; its log tells why', 500);
    return [requestId, errorResponse(failure, headers, requestId)];
  }
}

/** Signatures are not verified here, so a web page must not reach it. */
function refuseBrowsers(headers: Headers): void {
  if (isFromThisMachine(headers)) return;
  throw new AwsError(
    'AccessDeniedException',
    'The local AWS endpoint answers clients on this machine only, addressed as localhost or 127.0.0.1, and no web pages',
    403,
  );
}

function unknownService(name: string, known: readonly string[]): AwsError {
  const list = known.toSorted().join(', ');
  return new AwsError(
    'UnsupportedServiceException',
    `The service "${name}" is not part of this local stack; it runs: ${list}`,
    400,
  );
}

function parseUrl(raw: string): { path: string; query: URLSearchParams } {
  const [path = '/', ...rest] = raw.split('?');
  try {
    return { path: decodeURIComponent(path), query: new URLSearchParams(rest.join('?')) };
  } catch {
    throw new AwsError('BadRequestException', 'The path is not valid percent-encoding', 400);
  }
}

function flatten(incoming: IncomingMessage): Headers {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

/** Reads a too large body to its end without keeping it: the client hears the answer only then. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | 'too large'> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBodyBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return length > maxBodyBytes ? 'too large' : Buffer.concat(chunks);
}

function send(outgoing: ServerResponse, requestId: string, response: AwsResponse): void {
  const body = typeof response.body === 'string' ? Buffer.from(response.body) : response.body;
  // Callers outside the stack stand at the real time, functions at the moved one: whichever `Date` said, to some SDK
  // client every error would look like clock skew, which it corrects and retries.
  outgoing.sendDate = false;
  outgoing.writeHead(response.status, {
    'x-amzn-requestid': requestId,
    'content-length': body.length,
    ...response.headers,
  });
  outgoing.end(body);
}
