import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { errors } from 'oidc-provider';
import { type InteractionDependencies, interactionPages, type Outcome } from './interactions.ts';
import { errorPage } from './pages/provider-pages.ts';
import type { Page, Site } from './pages/site.ts';
import { readForm } from './read-form.ts';
import { TooManyError } from './throttle.ts';

export interface ListenerOptions extends InteractionDependencies {
  readonly issuer: string;
  readonly site: Site;
  /** Of web pages that may use the endpoints. */
  readonly origins: ReadonlySet<string>;
  readonly log: (line: string) => void;
}

/** The issuer as a whole: its own pages below `/interaction/`, the provider for all else. */
export function createListener(options: ListenerOptions): RequestListener {
  const { issuer, provider, origins, site, log } = options;
  const { host, origin: ownOrigin } = new URL(issuer);
  const serve = provider.callback();

  const send = (
    response: ServerResponse,
    status: number,
    page: Page,
    headers: Record<string, string> = {},
  ) => {
    response.writeHead(status, { ...site.headers, ...headers }).end(site.document(page));
  };
  const refuse = (response: ServerResponse, status: number, problem: string) =>
    send(response, status, errorPage(problem));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origin } = request.headers;
    // Addresses are made of this header, and a name of somebody else's may lead to 127.0.0.1 too.
    if (request.headers.host !== host)
      return refuse(response, 421, `The issuer is at ${issuer} and nowhere else.`);
    if (origin !== undefined && origin !== ownOrigin && !origins.has(origin)) {
      return refuse(
        response,
        403,
        `Web pages of ${origin} may not use this issuer: the template names no such client.`,
      );
    }
    const { pathname } = new URL(request.url ?? '/', issuer);
    const [, uid = '', below = ''] = /^\/interaction\/([\w-]+)(\/.*)?$/.exec(pathname) ?? [];
    if (uid === '') {
      request.url = inStandardTerms(request.url ?? '/');
      await serve(request, response);
      return;
    }
    const fromElsewhere =
      (origin !== undefined && origin !== ownOrigin) || request.headers['sec-fetch-site'] === 'cross-site';
    if (request.method === 'POST' && fromElsewhere) {
      return refuse(response, 403, 'A form of another web page cannot sign anybody in.');
    }
    await interact(request, response, uid, below);
  }

  async function interact(
    request: IncomingMessage,
    response: ServerResponse,
    uid: string,
    below: string,
  ): Promise<void> {
    const interaction = await provider.interactionDetails(request, response);
    if (interaction.uid !== uid) throw new errors.SessionNotFound('this is another sign-in');
    const base = `/interaction/${uid}`;
    const { login_hint: hint } = interaction.params;
    const pages = interactionPages(options, { uid, base, hint: typeof hint === 'string' ? hint : undefined });
    const page = Object.hasOwn(pages, below) ? pages[below] : undefined;
    const outcome =
      request.method === 'POST' && page?.POST !== undefined
        ? await page.POST(await readForm(request))
        : request.method === 'GET' || request.method === 'HEAD'
          ? page?.GET?.()
          : undefined;
    if (outcome === undefined) return refuse(response, 404, 'There is no such page.');
    await conclude(request, response, base, outcome);
  }

  async function conclude(
    request: IncomingMessage,
    response: ServerResponse,
    base: string,
    outcome: Outcome,
  ): Promise<void> {
    if (outcome.kind === 'page') return send(response, outcome.status, outcome.page);
    if (outcome.kind === 'go') {
      response.writeHead(303, { location: `${base}${outcome.to}`, 'cache-control': 'no-store' }).end();
      return;
    }
    const login = { accountId: outcome.sub, amr: ['pwd'] };
    await provider.interactionFinished(request, response, { login });
  }

  function fail(response: ServerResponse, error: unknown): void {
    if (response.headersSent) {
      response.destroy();
    } else if (error instanceof errors.SessionNotFound) {
      refuse(response, 400, 'This sign-in has expired, or was begun in another browser.');
    } else if (error instanceof TooManyError) {
      const { retryAfterSeconds: seconds } = error;
      const page = errorPage(`There were too many attempts. Try again in ${inWords(seconds)}.`);
      send(response, 429, page, { 'retry-after': String(seconds) });
    } else {
      log(`a request failed: ${error instanceof Error ? error.stack : String(error)}`);
      refuse(response, 500, 'The issuer failed; its log tells why.');
    }
  }

  return (request, response) => {
    answer(request, response).catch((error) => fail(response, error));
  };
}

/** Cognito's sign-out says `logout_uri` for what the standard calls `post_logout_redirect_uri`. */
function inStandardTerms(path: string): string {
  const [pathname, search = ''] = path.split('?', 2);
  const query = new URLSearchParams(search);
  const to = query.get('logout_uri');
  if (pathname !== '/logout' || to === null || query.has('post_logout_redirect_uri')) return path;
  query.set('post_logout_redirect_uri', to);
  return `${pathname}?${query}`;
}

function inWords(seconds: number): string {
  if (seconds === 1) return 'a second';
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
