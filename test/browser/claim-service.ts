import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { claimPage } from '../../functions/delivery/page/claim-page.ts';

export const apiKey = 'user_0kQ2mZ81XvTb_9fJr4LwYc0pTnVx7AaQ3sDzGhK5uEoB1iMyRtWq6S2UdN0Zb3f';
export const token = '0kQ2mZ81XvTb.1.1.q83vEjRWeJCrze8SNFZ4kA';

export interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}
type Ended = { readonly reason: 'expired' | 'replaced' | 'revoked' } & Record<string, unknown>;

/**
 * The page below a stage's name, and the part of the API that it calls: one link, and ways to force each answer. What
 * the page never asks for is an error.
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
  #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/dev/claim`;
  }
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
  /** Somebody else opens the link. */
  openElsewhere(): void {
    this.#opened = { nonce: 'somebody-elses-nonce-0', at: this.now };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (request.method === 'GET' && path === '/dev/claim') {
      const { html, headers } = claimPage({
        name: 'AI Decision Engine',
        company: 'AI Weed Company',
        documentationUrl: 'https://docs.example.com',
        statusUrl: 'https://status.example.com',
        supportAddress: 'support@example.com',
      });
      response.writeHead(200, headers).end(html);
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
