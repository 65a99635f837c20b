import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { isFromThisMachine } from './this-machine-only.ts';

/** Where mails of the stack go: a page for people, JSON for programs. */
export interface Inbox {
  readonly url: string;
  /** Takes a `SendRawEmail` request as it came. @returns the message's id @throws Error when it cannot be read */
  accept(request: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
  }): Promise<string>;
  /** Frees the port at once. */
  close(): Promise<void>;
}

const acceptMilliseconds = 10_000;

/**
 * Serves the inbox on 127.0.0.1: `/` is the page, `GET /store` answers `{ emails: [{ messageId, from, destination:
 * { to, cc, bcc }, subject, body: { text?, html? }, attachments, at }] }`, `at` in seconds of the real clock. Mails lie in
 * memory and go with the stack. They hold links that open keys, so no web page from elsewhere may read them.
 *
 * The library behind it takes half a second to load, which nobody should wait for who does not look at mails: it is
 * loaded by the first request.
 * @param port 0 takes a free one
 * @returns rejects with the socket's error, such as code `EADDRINUSE`
 */
export async function startInbox({ port }: { readonly port: number }): Promise<Inbox> {
  let loaded: Promise<RequestListener> | undefined;
  const load = () => {
    loaded ??= loadInbox();
    return loaded;
  };
  const server = createServer((request, response) => {
    if (!isOwn(request)) {
      const refusal =
        'The inbox answers programs and its own page on this machine, and no other web pages.\n';
      response.writeHead(403, { 'content-type': 'text/plain' }).end(refusal);
      return;
    }
    load().then(
      (listener) => listener(request, response),
      (error) => fail(response, error),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async accept({ headers, body }) {
      // The library answers nothing at all to what it does not expect.
      const answer = await fetch(`${url}/`, {
        method: 'POST',
        headers: {
          'content-type': headers['content-type'] ?? '',
          authorization: headers['authorization'] ?? '',
        },
        body: new Uint8Array(body),
        signal: AbortSignal.timeout(acceptMilliseconds),
      });
      const text = await answer.text();
      const messageId = /<MessageId>([^<]+)<\/MessageId>/.exec(text)?.[1];
      if (!answer.ok || messageId === undefined) throw new Error(`the inbox did not take a mail: ${text}`);
      return messageId;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The page itself sends its own address as `Origin` when it clears the inbox. */
function isOwn({ headers }: IncomingMessage): boolean {
  const { origin, ...others } = headers;
  return isFromThisMachine(origin === `http://${headers.host}` ? others : headers);
}

function fail(response: ServerResponse, error: unknown): void {
  console.error(`inbox: ${error instanceof Error ? error.stack : String(error)}`);
  response.writeHead(500).end('The inbox could not be loaded; the log tells why.\n');
}

/**
 * The library keeps all mails of a process in one variable of a module. A copy of its modules for each inbox keeps the
 * mails of two stacks in one process apart, and begins empty.
 */
async function loadInbox(): Promise<RequestListener> {
  // Where it is set, mails would leave the machine.
  delete process.env['SMTP_TRANSPORT'];
  const require = createRequire(import.meta.url);
  for (const path of Object.keys(require.cache)) {
    if (/[\\/]aws-ses-v2-local[\\/]dist[\\/]/.test(path)) delete require.cache[path];
  }
  const library = require('aws-ses-v2-local') as typeof import('aws-ses-v2-local');
  // It hands out its handler on a server only; that one is closed again and ours stands in its place.
  const server = await library.default({ port: 0, host: '127.0.0.1' });
  const [listener] = server.listeners('request');
  server.close();
  return listener as RequestListener;
}
