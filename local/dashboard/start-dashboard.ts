import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isFromThisMachine } from '../this-machine-only.ts';
import { type Answer, answerFor } from './answer.ts';
import type { StoredObject } from './read-objects.ts';
import type { Site } from './read-site.ts';
import { viewerRequest } from './viewer-request.ts';

/** What stands for the template's distribution. */
export interface Dashboard {
  /** Without a slash at the end. */
  readonly url: string;
  /** Frees the port at once. */
  close(): Promise<void>;
}

export interface DashboardOptions {
  readonly site: Site;
  /** 0 takes a free one. */
  readonly port: number;
  /**
   * A text in which addresses of the cloud stand, with those on this machine in their place. Asked at each request, for
   * some of them begin later.
   */
  readonly reached: (text: string) => string;
  /** The same for origins: addresses without a path. */
  readonly reachedOrigins: (text: string) => string;
  readonly log: (line: string) => void;
}

/**
 * Serves the site on 127.0.0.1, to that name alone: whoever signs in comes back to it, and the API answers to no other.
 * @returns rejects with the socket's error, such as code `EADDRINUSE`
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { site, port, reached, reachedOrigins, log } = options;
  const pathOf = viewerRequest(site.viewerRequest);
  let url = '';
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      log(`the dashboard failed on ${request.url}: ${error instanceof Error ? error.stack : String(error)}`);
      response.writeHead(503).end();
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers, url: target = '' } = request;
    if (!isOwn(request)) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end(refusal);
      return;
    }
    if (`http://${headers.host}` !== url) {
      response.writeHead(307, { location: `${url}${target.startsWith('/') ? target : '/'}` }).end();
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') return send(response, method, notAllowed);
    const [path = ''] = target.split('?');
    const key = decoded((await pathOf({ method, uri: path })).slice(1)) || site.rootObject;
    send(response, method, answerFor(site, key, onThisMachine(site.objects.get(key)), headers));
  }

  function send(response: ServerResponse, method: string, { status, headers, body }: Answer): void {
    for (const [name, value] of site.headers) response.setHeader(name, reachedOrigins(value));
    response.writeHead(status, { ...headers, ...(status === 304 ? {} : { 'Content-Length': body.length }) });
    response.end(method === 'HEAD' || status === 304 ? undefined : body);
  }

  /** Data tells addresses; the code that reads it does not. */
  function onThisMachine(object: StoredObject | undefined): StoredObject | undefined {
    if (object?.contentType !== 'application/json') return object;
    return { ...object, body: Buffer.from(reached(object.body.toString('utf8'))) };
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const refusal = 'The dashboard answers people and programs on this machine, and no other web pages.\n';

/** As CloudFront answers what the distribution does not allow. */
const notAllowed: Answer = {
  status: 403,
  headers: { 'Content-Type': 'text/html' },
  body: Buffer.from('This distribution is not configured to allow the HTTP request method.\n'),
};

/** Its own pages send its address as `Origin`. */
function isOwn({ headers }: IncomingMessage): boolean {
  const { origin, ...others } = headers;
  return isFromThisMachine(origin === `http://${headers.host}` ? others : headers);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
