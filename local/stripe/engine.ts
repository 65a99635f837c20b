import type { Clock } from '../clock.ts';
import { createAccount } from './account.ts';
import { type ApiAnswer, type ApiRequest, answerRequest } from './api/answer-request.ts';
import { createAnswers } from './api/idempotency.ts';
import { catchUpAgenda, nextDue } from './billing/agenda.ts';
import { answerControl } from './control.ts';
import { createDeliveries } from './deliveries.ts';
import { allEndpoints } from './endpoints/all-endpoints.ts';
import { answerPage } from './pages/answer-page.ts';
import type { StripeSecrets } from './secrets.ts';
import type { Store } from './store.ts';

/** Everything of the stand-in but its server. */
export interface Engine {
  /** Answers a request of the API, of tests or of a page. */
  answer(request: ApiRequest): Promise<ApiAnswer>;
  /** Brings about what is due, and hands over what waits, in the background. */
  wake(): void;
  /** The same; resolves when it was tried. */
  settle(): Promise<void>;
  /** Waits for deliveries under way; nothing comes about by itself any more. */
  stop(): Promise<void>;
}

/** A laptop sleeps without its timers: it looks again at least this often. */
const longestWait = 60_000;

export function createEngine(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly secrets: StripeSecrets;
  readonly webhookUrl: () => string | undefined;
  readonly log: (line: string) => void;
  /** Where the stand-in is reached. */
  readonly url: () => string;
}): Engine {
  const { store, clock, secrets, webhookUrl, log, url } = options;
  const { secretKey, webhookSecret } = secrets;
  const deliveries = createDeliveries({ store, clock, webhookSecret, webhookUrl, log });
  const account = createAccount({ store, clock, url, committed: deliveries.queue });
  const answers = createAnswers(store, clock.now);
  const api = { account, answers, endpoints: allEndpoints, secretKey, log };
  const scene = { account, deliveries };
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function catchUp(): void {
    if (stopped) return;
    catchUpAgenda(account, Math.floor(clock.now() / 1000));
    clearTimeout(timer);
    const due = nextDue(account)?.at ?? Number.POSITIVE_INFINITY;
    const delay = Math.min(Math.max(due * 1000 - clock.now(), 0), longestWait);
    timer = setTimeout(attemptCatchUp, delay).unref();
  }

  function attemptCatchUp(): void {
    try {
      catchUp();
    } catch (error) {
      log(`unexpected: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }

  async function answer(request: ApiRequest): Promise<ApiAnswer> {
    if (request.path.startsWith('/v1/')) return answerRequest(api, request);
    if (request.path.startsWith('/_local/')) return answerControl(scene, request);
    return answerPage(scene, request);
  }

  return {
    async answer(request) {
      catchUp();
      const answered = await answer(request);
      catchUp();
      return answered;
    },
    wake() {
      attemptCatchUp();
      deliveries.queue([]);
    },
    async settle() {
      catchUp();
      await deliveries.settle();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await deliveries.close();
    },
  };
}
