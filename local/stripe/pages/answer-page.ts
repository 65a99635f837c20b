import { html } from '../../html.ts';
import type { Scene } from '../acts.ts';
import type { ApiAnswer, ApiRequest } from '../api/answer-request.ts';
import { ApiError } from '../api/error.ts';
import { operate, operatorPage } from './operator-page.ts';
import { page } from './page.ts';
import { pay, payPage } from './pay-page.ts';
import { portalPage, usePortal } from './portal-page.ts';

/** What people open: pages by `GET`, and the forms on them by `POST` to the same address. */
export function answerPage(scene: Scene, { method, path, query, body }: ApiRequest): ApiAnswer {
  const isForm = method === 'POST';
  if (!isForm && method !== 'GET') return failed(405, 'Pages are read with GET, their forms sent with POST.');
  const form = new URLSearchParams(body);
  try {
    const session = /^\/c\/pay\/(\w+)$/.exec(path)?.[1];
    if (session !== undefined) {
      return isForm ? pay(scene, session, form) : payPage(scene, session, query === 'declined');
    }
    if (path.startsWith('/p/session/')) {
      return isForm ? usePortal(scene, path, form) : portalPage(scene, path);
    }
    if (path === '/') return isForm ? operate(scene, form) : operatorPage(scene);
  } catch (error) {
    if (error instanceof ApiError) return failed(error.status, error.message);
    throw error;
  }
  return failed(404, 'There is no such page.');
}

function failed(status: number, why: string): ApiAnswer {
  return page('That did not work', html`<section><h1>That did not work</h1><p>${why}</p></section>`, {
    status,
  });
}
