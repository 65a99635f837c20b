import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundleDashboard } from '../../lib/constructs/dashboard-bundle.ts';
import { contentSecurityPolicy } from '../../lib/constructs/dashboard-headers.ts';

export const apiKey = 'user_0kQ2mZ81XvTb_9fJr4LwYc0pTnVx7AaQ3sDzGhK5uEoB1iMyRtWq6S2UdN0Zb3f';
export const token = '0kQ2mZ81XvTb.1.1.q83vEjRWeJCrze8SNFZ4kA';

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}
type Ended = { readonly reason: 'expired' | 'replaced' | 'revoked' } & Record<string, unknown>;

/**
 * The dashboard on an origin of its own, and the part of the API that its claim page calls, below a stage's name on
 * another: one link, and ways to force each answer. What the page never asks for is an error.
 */
export class ClaimService {
  readonly requests: SentRequest[] = [];
  readonly unexpected: string[] = [];
  now = Date.parse('2026-11-23T13:22:00Z');
  /** Set where the link can no longer be opened. */
  ended?: Ended;
  /** The next answers, whatever is asked; `lost`: it is done, but its answer does not arrive whole. */
  readonly next: ({ status: number; headers?: Record<string, string>; body?: unknown } | 'lost')[] = [];
  /** Where set, the next request is answered when this is settled. */
  hold?: Promise<void>;
  #opened?: { nonce: string; at: number };
  readonly #api = createServer((request, response) => void this.#answer(request, response));
  readonly #pages = createServer((request, response) => void this.#serve(request, response));
  apiUrl = '';
  #folder = '';

  /** @returns the address of the page that links lead to */
  async start(): Promise<string> {
    // One build for the whole visit, and before anybody waits for it.
    this.#folder = bundleDashboard();
    this.apiUrl = `${await listening(this.#api)}/dev`;
    return `${await listening(this.#pages)}/claim`;
  }
  async stop(): Promise<void> {
    await Promise.all([this.#api, this.#pages].map(closed));
  }
  /** Somebody else opens the link. */
  openElsewhere(): void {
    this.#opened = { nonce: 'somebody-elses-nonce-0', at: this.now };
  }

  /** As the stack hosts it: the built files, the policy that a deployment has, and the configuration of this one. */
  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    response.setHeader('Content-Security-Policy', contentSecurityPolicy([new URL(this.apiUrl).origin]));
    response.setHeader('Referrer-Policy', 'no-referrer');
    if (path === '/config.json') {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify(this.#config()));
      return;
    }
    const file = /\.[a-z0-9]+$/.test(path) ? path : '/index.html';
    const content = await readFile(join(this.#folder, file)).catch(() => undefined);
    if (content === undefined) {
      this.unexpected.push(`GET ${path}`);
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', contentTypes[extname(file)] ?? 'text/plain').end(content);
  }

  #config(): Record<string, string> {
    return {
      apiUrl: this.apiUrl,
      issuer: 'https://issuer.example.com',
      clientId: 'dashboard',
      product: 'AI Decision Engine',
      company: 'AI Weed Company',
      documentationUrl: 'https://docs.example.com',
      statusUrl: 'https://status.example.com',
      supportAddress: 'support@example.com',
    };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (request.method === 'OPTIONS') {
      response.writeHead(204, { ...cors, 'Access-Control-Allow-Headers': 'Content-Type' }).end();
      return;
    }
    const body = JSON.parse((await text(request)) || '{}') as Record<string, unknown>;
    const sent = { method: request.method ?? '', path, body };
    this.requests.push(sent);
    const forced = this.next.shift();
    const answer = forced === undefined || forced === 'lost' ? this.#act(sent) : forced;
    await this.hold;
    const content = JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(content),
      ...cors,
      ...answer.headers,
    });
    // Cut off half-way: a connection that ends before the first byte is one that browsers may try again by themselves.
    if (forced === 'lost') response.write(content.slice(0, 20), () => response.destroy());
    else response.end(content);
  }

  #act({ method, path, body }: SentRequest): {
    status: number;
    headers?: Record<string, string>;
    body?: unknown;
  } {
    if (method === 'POST' && path === '/dev/claims') return this.#claim(body);
    if (method === 'POST' && path === '/dev/claims/stored') return { status: 202, body: { status: 'done' } };
    if (method === 'POST' && path === '/dev/claims/dispute') return { status: 202, body: { status: 'done' } };
    if (method === 'POST' && path === '/dev/claims/renew')
      return { status: 202, body: { status: 'accepted' } };
    this.unexpected.push(`${method} ${path}`);
    return { status: 500 };
  }

  #claim(body: Record<string, unknown>) {
    if (body['token'] !== token || !/^[\w-]{22,}$/.test(String(body['nonce'])))
      return { status: 400, body: problem(400, 'The link is not valid') };
    if (this.ended !== undefined) return { status: 410, body: { ...problem(410, 'Gone'), ...this.ended } };
    const nonce = String(body['nonce']);
    this.#opened ??= { nonce, at: this.now };
    const expiresAt = this.#opened.at + 600_000;
    if (this.#opened.nonce !== nonce || this.now >= expiresAt) {
      const openedAt = new Date(this.#opened.at).toISOString();
      return { status: 410, body: { ...problem(410, 'Opened already'), reason: 'opened', openedAt } };
    }
    return {
      status: 200,
      body: { apiKey, keyId: '0kQ2mZ81XvTb', version: 1, expiresAt: new Date(expiresAt).toISOString() },
    };
  }
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const cors = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'RateLimit, RateLimit-Policy, Retry-After, x-amzn-RequestId',
};

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

export function problem(status: number, title: string): Record<string, unknown> {
  return {
    type: 'https://docs.example.com/problems/claim',
    title,
    status,
    detail: `${title}.`,
    requestId: '7c1e4d9a-5a0b-4c8e-9a55-1f0c2b7d6e21',
    support: 'support@example.com',
    statusPage: 'https://status.example.com',
  };
}
