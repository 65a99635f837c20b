import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import type { State } from '../state.ts';
import { isFromThisMachine } from '../this-machine-only.ts';
import type { Engine } from './engine.ts';
import { BodyTooLongError, readText } from './read-text.ts';
import { type StripeSecrets, stripeSecrets } from './secrets.ts';
import { openStore } from './store.ts';

export interface StripeOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly state: State;
  /** Requests and deliveries, without anything secret. */
  readonly log: (line: string) => void;
  /** Where events go; undefined as long as nobody knows. */
  readonly webhookUrl: () => string | undefined;
}

export interface Stripe extends StripeSecrets {
  /** For the client: `new Stripe(secretKey, { host, port, protocol: 'http' })`. For people: the operator's page. */
  readonly url: string;
  /**
   * Hands over what waits: to be called once the webhook stands. From then on a step of a move of the clock also waits for
   * the deliveries of what listeners caused that are registered before this call.
   */
  start(): void;
  /** Resolves when all that is due has come about, and each of its deliveries was tried. */
  whenIdle(): Promise<void>;
  /** No more deliveries; waits for those under way. What runs on what they go to ends after this. */
  stop(): Promise<void>;
  /** Stops, and frees the port. */
  close(): Promise<void>;
}

/**
 * Serves the local stand-in of Stripe on 127.0.0.1: its API in the one version of the `stripe` package (`/v1/`), its
 * checkout and portal pages, a page for the operator (`/`) and the same as JSON for tests (`/_local/`, see control.ts).
 * Everything runs on the stack's clock and is kept in its state. What falls due in a step of a move comes about within the
 * step, at its own time, and the step is over when its events were tried.
 *
 * What it all takes is loaded by the first request, or at the start where there is anything from before.
 * @returns rejects with the socket's error, such as code `EADDRINUSE`
 */
export async function startStripe(options: StripeOptions): Promise<Stripe> {
  const { port, clock, state, log, webhookUrl } = options;
  const secrets = stripeSecrets(state);
  const store = openStore(state);
  let url = '';
  let engine: Promise<Engine> | undefined;
  let stopped = false;
  const load = () => {
    engine ??= import('./engine.ts').then(({ createEngine }) =>
      createEngine({ store, clock, secrets, webhookUrl, log, url: () => url }),
    );
    return engine;
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const { answer: ask } = await load();
    const { status, headers, body } = await ask({
      method: request.method ?? 'GET',
      path: pathname,
      query: search.slice(1),
      headers: request.headers,
      body: await readText(request),
    });
    response.writeHead(status, headers).end(body);
  }

  const server = createServer((request, response) => {
    const isPage = !/^\/(v1|_local)\//.test(request.url ?? '');
    if (!isAllowed(request, isPage)) {
      refuse(
        response,
        403,
        'The local Stripe answers programs and its own pages on this machine, and no other web pages.',
      );
      return;
    }
    answer(request, response).catch((error: unknown) => {
      if (error instanceof BodyTooLongError) return refuse(response, 413, error.message);
      log(`unexpected: ${error instanceof Error ? error.stack : String(error)}`);
      refuse(response, 500, 'Something went wrong; the log tells more.');
    });
  });
  // As the gateway's: nobody is to use a connection that was closed at this very moment.
  server.keepAliveTimeout = 60_000;

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const settle = async () => {
    if (!stopped) await (await engine)?.settle();
  };
  const stop = async () => {
    stopped = true;
    await (await engine)?.stop();
  };
  clock.onMove(settle);
  if (!store.isEmpty()) (await load()).wake();

  return {
    ...secrets,
    url,
    start() {
      clock.onMove(settle);
      void engine?.then(({ wake }) => wake());
    },
    whenIdle: settle,
    stop,
    async close() {
      await stop();
      const freed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await freed;
    },
  };
}

/** A page of the stand-in sends its own address as `Origin` with its forms; the API and the JSON take no web page at all. */
function isAllowed({ headers }: IncomingMessage, isPage: boolean): boolean {
  const { origin, ...others } = headers;
  return isFromThisMachine(isPage && origin === `http://${headers.host}` ? others : headers);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}
