import { runAct, type Scene } from './acts.ts';
import type { ApiAnswer, ApiRequest } from './api/answer-request.ts';
import { ApiError, invalid } from './api/error.ts';

/**
 * The acts of people as JSON, for tests: `POST /_local/<act>` with the fields that acts.ts names; and `GET
 * /_local/deliveries`, what became of each event, the newest first: `{ data: [{ event, type, state: pending | delivered |
 * given up, attempts: [{ at, status? }], next? }] }`, times in milliseconds. Errors have the shape of the API's.
 */
export function answerControl(scene: Scene, { method, path, body }: ApiRequest): ApiAnswer {
  const name = path.slice('/_local/'.length);
  try {
    if (method === 'GET' && name === 'deliveries') return json(200, listDeliveries(scene));
    if (method !== 'POST') throw invalid(`/_local/ answers POST and GET /_local/deliveries, not ${method}.`);
    return json(200, runAct(scene, name, parse(body)));
  } catch (error) {
    if (error instanceof ApiError) return json(error.status, { error: error.body });
    throw error;
  }
}

function listDeliveries({ account: { store } }: Scene): object {
  const data = store.list('local.delivery').map(({ id, state, next, log }) => {
    const type = store.get('event', id)?.type;
    return { event: id, type, state, attempts: log, ...(state === 'pending' ? { next } : {}) };
  });
  return { data };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw invalid('The body is not JSON.');
  }
}

function json(status: number, value: unknown): ApiAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(value, null, 2),
  };
}
