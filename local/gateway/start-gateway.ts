import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import { closingGrace } from '../closing-grace.ts';
import type { FunctionInvoker } from '../lambda/invoker.ts';
import type { LocalEnvironment, ResolvedResource } from '../model.ts';
import type { State } from '../state.ts';
import type { UsageKeyRegistry, UsageLedger } from '../usage.ts';
import { accessLogLine } from './access-log.ts';
import { beginExchange } from './exchange.ts';
import { createLedger } from './ledger.ts';
import { parseRequest, splitTarget } from './parse-request.ts';
import { createPipeline } from './pipeline.ts';
import { readBody } from './read-body.ts';
import { readModel } from './read-model.ts';
import { sendResponse } from './send-response.ts';

export interface GatewayOptions {
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  readonly state: State;
  /** All of the stack's `AWS::ApiGateway::*` and `AWS::Lambda::Permission` resources. */
  readonly resources: readonly ResolvedResource[];
  readonly invoker: FunctionInvoker;
  readonly usageKeys: UsageKeyRegistry;
  /** 0 for any free one. */
  readonly port: number;
  readonly accessLog: (logGroupArn: string, line: string) => void;
  /** Gets requests under `/_local/` first; true says that it answers. */
  readonly localRoutes?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

export interface Gateway {
  /** Without a trailing slash. */
  readonly url: string;
  readonly ledger: UsageLedger;
  /** Takes no more requests, lets those under way finish for up to five seconds, then closes every connection. */
  close(): Promise<void>;
}

/**
 * Serves the stack's REST API at the root of a port of the loopback interface, as a custom domain with base path `/` does.
 * @throws UnsupportedResourceError for what the gateway does not do; Error with code `EADDRINUSE` where the port is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const model = readModel(options.resources);
  const ledger = createLedger(options.state);
  const scope = { ...options, model, ledger };
  const pipeline = createPipeline(scope);

  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (options.localRoutes && isLocal(message) && options.localRoutes(message, response)) return;
    const body = await readBody(message);
    const tooLarge = body === 'too-large';
    const exchange = beginExchange(parseRequest(message, tooLarge ? Buffer.alloc(0) : body), options.clock);
    const answer = await pipeline(exchange, tooLarge);
    exchange.response = {
      status: answer.status,
      length: answer.body.length,
      latency: Math.round(performance.now() - exchange.startedAt),
    };
    // Before the answer goes out, so that who has the answer finds the line.
    const log = model.stage.accessLog;
    if (log) options.accessLog(log.destinationArn, accessLogLine(log.format, exchange, scope));
    // What is left of an oversized body would be taken for the connection's next request.
    if (tooLarge || !server.listening) response.setHeader('Connection', 'close');
    sendResponse(response, answer, exchange);
  };

  const server = createServer({ requestTimeout: 30_000 }, (message, response) => {
    serve(message, response).catch((error: unknown) => {
      // A client that went away in the middle of its body needs no answer; anything else is the local runner's fault.
      if (!message.destroyed || message.complete)
        console.error('The local gateway failed on a request:', error);
      response.destroy();
    });
  });
  // As the services behind it: clients on a busy machine use a connection that was closed at this very moment.
  server.keepAliveTimeout = 60_000;
  server.on('clientError', refuseBrokenRequest);
  await listen(server, options.port);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return { url: `http://127.0.0.1:${port}`, ledger, close: () => close(server) };
}

function isLocal(message: IncomingMessage): boolean {
  return splitTarget(message.url ?? '/').path.startsWith('/_local/');
}

/** What is not HTTP, or has a head beyond Node's limit, never becomes a request. */
function refuseBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  const body = JSON.stringify({ message: status.slice(4) });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // A thousand clients at once must not wait for their SYN to be sent again, as they do beyond Node's backlog of 511.
    server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), closingGrace);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}
