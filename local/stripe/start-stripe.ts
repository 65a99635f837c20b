import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import type { State } from '../state.ts';
import { isFromThisMachine } from '../this-machine-only.ts';
import { createAccount } from './account.ts';
import { answerRequest } from './api/answer-request.ts';
import { createAnswers } from './api/idempotency.ts';
import { catchUpAgenda, nextDue } from './billing/agenda.ts';
import { answerControl } from './control.ts';
import { createDeliveries } from './deliveries.ts';
import { allEndpoints } from './endpoints/all-endpoints.ts';
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

/** A laptop sleeps without its timers: it looks again at least this often. */
const longestWait = 60_000;

/**
 * Serves the local stand-in of Stripe on 127.0.0.1: its API in the one version of the `stripe` package (`/v1/`), its
 * checkout and portal pages, a page for the operator (`/`) and the same as JSON for tests (`/_local/`, see control.ts).
 * Everything runs on the stack's clock and is kept in its state. What falls due in a step of a move comes about within the
 * step, at its own time, and the step is over when its events were tried.
 * @returns rejects with the socket's error, such as code `EADDRINUSE`
 */
export async function startStripe(options: StripeOptions): Promise<Stripe> {
  const { port, clock, state, log, webhookUrl } = options;
  const secrets = stripeSecrets(state);
  const store = openStore(state);
  let url = '';
  const deliveries = createDeliveries({
    store,
    clock,
    webhookSecret: secrets.webhookSecret,
    webhookUrl,
    log,
  });
  const account = createAccount({ store, clock, url: () => url, committed: deliveries.queue });
  const api = {
    account,
    answers: createAnswers(store, clock.now),
    endpoints: allEndpoints,
    secretKey: secrets.secretKey,
    log,
  };
  const scene = { account, deliveries };

  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  function catchUp(): void {
    clearTimeout(timer);
    if (closed) return;
    catchUpAgenda(account, Math.floor(clock.now() / 1000));
    wait();
  }
  function wait(): void {
    const due = nextDue(account)?.at;
    const delay = due === undefined ? longestWait : Math.min(due * 1000 - clock.now(), longestWait);
    timer = setTimeout(
      () => {
        try {
          catchUp();
        } catch (error) {
          logError(error);
        }
      },
      Math.max(delay, 0),
    ).unref();
  }
  const logError = (error: unknown) =>
    log(`unexpected: ${error instanceof Error ? error.stack : String(error)}`);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const body = await readText(request);
    catchUp();
    const asked = {
      method: request.method ?? 'GET',
      path: pathname,
      query: search.slice(1),
      headers: request.headers,
      body,
    };
    const answered = pathname.startsWith('/v1/')
      ? await answerRequest(api, asked)
      : pathname.startsWith('/_local/')
        ? answerControl(scene, asked)
        : (await import('./pages/answer-page.ts')).answerPage(scene, asked);
    catchUp();
    response.writeHead(answered.status, answered.headers).end(answered.body);
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
      logError(error);
      refuse(response, 500, 'Something went wrong; the log tells more.');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const settle = async () => {
    catchUp();
    await deliveries.settle();
  };
  clock.onMove(settle);
  catchUp();
  deliveries.queue([]);

  return {
    ...secrets,
    url,
    start() {
      clock.onMove(settle);
      deliveries.queue([]);
    },
    whenIdle: settle,
    stop: deliveries.close,
    async close() {
      closed = true;
      clearTimeout(timer);
      await deliveries.close();
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
