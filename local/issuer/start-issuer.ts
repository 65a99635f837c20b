import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import { closingGrace } from '../closing-grace.ts';
import type { Inbox } from '../inbox.ts';
import type { LocalEnvironment } from '../model.ts';
import { openState } from '../state.ts';
import type { UserPool } from './read-user-pool.ts';
import { sendMail } from './send-mail.ts';
import { openUserStore } from './user-store.ts';
import type { IssuerCommand, IssuerMessage, IssuerSetup } from './worker-protocol.ts';

/** What stands for the template's user pool: an OpenID Connect issuer with its pages. */
export interface Issuer {
  /** As it stands in `iss`. */
  readonly url: string;
  /** By sub or address, with all sessions and refresh tokens. @returns false when there is no such user */
  deleteUser(username: string): boolean;
  close(): Promise<void>;
}

export interface IssuerOptions {
  readonly environment: LocalEnvironment;
  readonly pool: UserPool;
  readonly clock: Clock;
  readonly inbox: Pick<Inbox, 'url' | 'accept'>;
  /** 0 takes a free one. */
  readonly port: number;
  readonly compileCache: string;
  readonly log: (line: string) => void;
}

const entry = new URL('./worker/entry.mjs', import.meta.url);

/**
 * Listens on 127.0.0.1. The provider runs in a thread of its own, on the moved clock, from the first connection on: a
 * stack that nobody signs in to does not pay for it. Users, keys and grants lie in `issuer.sqlite` of the data folder, which
 * only the user may read.
 * @returns rejects with the socket's error, such as code `EADDRINUSE`
 */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const { pool, clock, inbox, log } = options;
  const statePath = join(options.environment.dataDir, 'issuer.sqlite');
  const state = openState(statePath);
  chmodSync(statePath, 0o600);
  const users = openUserStore(state);
  const sockets = new Set<Socket>();
  let worker: { readonly thread: Worker; readonly port: Promise<number> } | undefined;

  const server = createServer((socket) => {
    track(socket);
    worker ??= start();
    worker.port.then(
      (port) => pipe(socket, connect({ port, host: '127.0.0.1' })),
      () => socket.destroy(),
    );
  }).listen(options.port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    state.close();
    throw error;
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function start() {
    const workerData: IssuerSetup = {
      pool,
      issuer: url,
      inboxUrl: inbox.url,
      statePath,
      clockOffset: clock.offset,
      compileCache: options.compileCache,
    };
    const thread = new Worker(entry, { workerData, argv: [], execArgv: [], stdout: true, stderr: true });
    for (const output of [thread.stdout, thread.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => log(text.trimEnd()));
    }
    const port = new Promise<number>((resolve, reject) => {
      thread.on('message', (message: IssuerMessage) => {
        if (message.type === 'ready') resolve(message.port);
        else if (message.type === 'log') log(message.line);
        else void post(thread, message);
      });
      thread.on('exit', () => {
        // The next connection starts another one.
        worker = undefined;
        reject(new Error('the issuer has ended'));
      });
    });
    port.catch(() => {});
    thread.on('error', (error) => {
      log(`the issuer failed: ${error instanceof Error ? error.stack : String(error)}`);
    });
    return { thread, port };
  }

  async function post(thread: Worker, { id, mail }: Extract<IssuerMessage, { type: 'mail' }>): Promise<void> {
    let problem: string | undefined;
    try {
      await sendMail(inbox, pool.mail, mail, clock.now());
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    thread.postMessage({ type: 'mailed', id, problem } satisfies IssuerCommand);
  }

  function track(socket: Socket): void {
    sockets.add(socket);
    // Whoever goes away is nobody's error.
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  }

  function pipe(socket: Socket, upstream: Socket): void {
    track(upstream);
    socket.pipe(upstream).pipe(socket);
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  }

  return {
    url,
    deleteUser: (username) => users.delete(username),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      if (worker === undefined) {
        for (const socket of sockets) socket.destroy();
      } else {
        const { thread } = worker;
        const ended = once(thread, 'exit');
        const deadline = setTimeout(() => void thread.terminate(), closingGrace);
        thread.postMessage({ type: 'close' } satisfies IssuerCommand);
        await ended;
        clearTimeout(deadline);
        for (const socket of sockets) socket.destroy();
      }
      await closed;
      state.close();
    },
  };
}
