import { claimPageValues } from './claim-page-values.ts';

/**
 * The claim page's script, as the very text that browsers get: its hash stands in the page's policy. A string passes a
 * bundler unchanged, which a function's `toString()` would not. Its JSDoc types are checked in
 * `test/delivery/claim-page.test.ts`, its behaviour in a real browser in `test/browser/claim-page.test.ts`.
 *
 * What it must keep:
 * - no request before a click: scanners of mail open links, and run scripts too;
 * - the token leaves in the body of a POST to this page's own origin only;
 * - the key stands in one element, as text, and nowhere else: no storage, title, address or console.
 */
export const claimPageScript = String.raw`'use strict';
(() => {
  /** @typedef {{ status: number, answer: Record<string, unknown>, retryAfter: number }} Outcome */
  /** @typedef {'claim' | 'dispute' | 'renew'} Act */

  const token = location.hash.slice(1);
  // Relative to the page, for the API may stand below a stage's name.
  const page = location.origin + location.pathname.replace(/\/+$/, '');
  /** @type {Record<Act, string>} */
  const paths = { claim: 'claims', dispute: 'claims/dispute', renew: 'claims/renew' };

${claimPageValues}
  /** @param {string} id */
  function element(id) {
    const found = document.getElementById(id);
    if (found === null) throw new Error('the page has no ' + id);
    return found;
  }
  const states = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('main > section'));

  /** @param {string} id */
  function only(id) {
    const state = element(id);
    for (const other of states) other.hidden = other !== state;
    return state;
  }

  /**
   * Shows one state and puts the focus on its heading, so that a screen reader tells it and Tab goes on from there.
   * @param {string} id
   * @param {Record<string, string | Date | undefined>} [values] of the state's slots
   */
  function show(id, values = {}) {
    const state = only(id);
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (state.querySelectorAll('[data-if]')))
      part.hidden = values[part.dataset.if ?? ''] === undefined;
    for (const slot of /** @type {NodeListOf<HTMLElement>} */ (state.querySelectorAll('[data-slot]'))) {
      const value = values[slot.dataset.slot ?? ''];
      if (slot instanceof HTMLTimeElement) slot.dateTime = value instanceof Date ? value.toISOString() : '';
      slot.textContent = value instanceof Date ? readable(value) : (value ?? '');
    }
    element(id + '-heading').focus();
    scrollTo(0, 0);
  }

  /**
   * Whoever has the nonce of the first call may read the key again for some minutes. This tab keeps it over a reload,
   * under a name that tells nothing about the token; where it cannot, a retry has it still.
   */
  const claim = { nonce: base64url(crypto.getRandomValues(new Uint8Array(24))), name: '', shown: false };
  /** @type {Promise<void> | undefined} */
  let recalled;
  async function recall() {
    try {
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
      claim.name = 'claim-' + base64url(new Uint8Array(digest));
      const [nonce = '', shown] = (sessionStorage.getItem(claim.name) ?? '').split(' ');
      if (/^[\w-]{22,}$/.test(nonce)) Object.assign(claim, { nonce, shown: shown === 'shown' });
      keep();
    } catch {
      // No secure context, or storage is not allowed.
    }
  }
  function keep() {
    try {
      if (claim.name !== '') sessionStorage.setItem(claim.name, claim.nonce + (claim.shown ? ' shown' : ''));
    } catch {
      // Storage is full or not allowed.
    }
  }

  /**
   * @param {string} path
   * @param {object} body
   * @returns {Promise<Outcome>} with status 0 where no answer came
   */
  async function post(path, body) {
    try {
      const response = await fetch(new URL(path, page), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json, application/problem+json' },
        body: JSON.stringify(body),
        credentials: 'omit',
        cache: 'no-store',
        redirect: 'error',
        signal: AbortSignal.timeout(35000),
      });
      const answer = await response.json().catch(() => null);
      const retryAfter = Number(response.headers.get('Retry-After'));
      return { status: response.status, answer: Object(answer), retryAfter };
    } catch {
      return { status: 0, answer: {}, retryAfter: 0 };
    }
  }

  /**
   * Beside the button, and to screen readers.
   * @param {HTMLElement} button
   * @param {string} text
   */
  function say(button, text, look = '') {
    const status = button.parentElement?.querySelector('[role=status]');
    if (!status) return;
    status.className = 'status ' + look;
    status.textContent = text;
  }

  /** @type {Act} */
  let lastAct = 'claim';
  let busy = false;
  /** @param {Act} act @param {HTMLElement} button */
  async function run(act, button) {
    if (busy) return;
    busy = true;
    lastAct = act;
    // Not the attribute "disabled": that would take the focus away.
    button.setAttribute('aria-disabled', 'true');
    say(button, 'One moment…', 'busy');
    try {
      if (act === 'claim') await (recalled ??= recall());
      const outcome = await post(paths[act], act === 'claim' ? { token, nonce: claim.nonce } : { token });
      settle(act, outcome);
    } finally {
      busy = false;
      button.removeAttribute('aria-disabled');
      say(button, '');
    }
  }

  /** @type {Record<string, string | Date | undefined>} */
  let opened = {};
  /** @param {Act} act @param {Outcome} outcome */
  function settle(act, outcome) {
    const { status, answer } = outcome;
    if (status === 400 || status === 404) return show('garbled');
    if (act === 'dispute' && status === 202) return show('disputed');
    if (act === 'renew' && status === 202) return show('renewed');
    if (act === 'claim' && status === 200 && typeof answer.apiKey === 'string') return showKey(answer.apiKey, answer.expiresAt);
    if (act === 'claim' && status === 410) {
      if (answer.reason === 'opened') {
        opened = { openedAt: date(answer.openedAt), byThisTab: claim.shown ? 'yes' : undefined };
        return show('opened', opened);
      }
      if (answer.reason === 'expired') return show('expired', { expiredAt: date(answer.expiredAt) });
      if (answer.reason === 'replaced' || answer.reason === 'revoked') return show(answer.reason);
    }
    show('failure', explain(act, outcome));
  }

  /** @type {Date | undefined} */
  let repeatableUntil;
  /** @param {string} apiKey @param {unknown} expiresAt */
  function showKey(apiKey, expiresAt) {
    claim.shown = true;
    keep();
    repeatableUntil = date(expiresAt);
    element('api-key').textContent = apiKey;
    const usage = new URL('usage', page);
    show('key', { repeatableUntil, example: "curl -H 'X-API-Key: YOUR_API_KEY' " + usage });
  }
  function forgetKey() {
    element('api-key').textContent = '';
  }

  /** @param {HTMLElement} button */
  async function copy(button) {
    const key = element('api-key');
    say(button, '');
    try {
      await navigator.clipboard.writeText(key.textContent ?? '');
      say(button, 'Copied', 'good');
    } catch {
      getSelection()?.selectAllChildren(key);
      say(button, 'The key is selected: press Ctrl+C, or ⌘C on a Mac.');
    }
  }

  /** @param {Act} act @param {Outcome} outcome */
  function explain(act, { status, answer, retryAfter }) {
    const wait = retryAfter > 0 ? ' Please wait ' + duration(retryAfter) + ' before you try again.' : '';
    /** @param {unknown} value */
    const text = (value) => (typeof value === 'string' && value !== '' ? value : undefined);
    let failure = text(answer.detail) ?? text(answer.title) ?? 'The service gave an answer that this page does not know.';
    if (status === 0) failure = 'The service could not be reached. Check your connection to the internet.';
    if (status === 429) failure = 'There were too many tries at once.';
    if (status >= 500 || status === 200 || status === 202) failure = 'The service did not answer as it should. This is a fault of ours.';
    const reassurance =
      act === 'claim'
        ? 'Nothing is lost: try again in this tab, and it shows your key if the link was still good when you opened it.'
        : 'It does no harm to try again.';
    return { failure: failure + wait, reassurance, requestId: text(answer.requestId) };
  }
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    const act = button?.dataset.act;
    if (button === null || busy) return;
    if (act === 'claim' || act === 'dispute' || act === 'renew') void run(act, button);
    if (act === 'retry') void run(lastAct, button);
    if (act === 'copy') void copy(button);
    if (act === 'store') {
      forgetKey();
      say(button, '');
      show('stored', { repeatableUntil });
    }
    if (act === 'doubt') show('confirm');
    if (act === 'back') show('opened', opened);
  });

  // Another link pasted into the same tab changes the fragment only, which loads nothing by itself.
  addEventListener('hashchange', () => location.reload());
  // Nobody finds the key by the browser's Back button.
  addEventListener('pagehide', () => {
    forgetKey();
    start();
  });

  function start() {
    only(/^[\w-]+\.\d+\.\d+\.[\w-]+$/.test(token) ? 'ready' : 'garbled');
  }
  start();
})();
`;
