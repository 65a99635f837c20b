import {
  ErrorResponse,
  InMemoryWebStorage,
  type User,
  UserManager,
  WebStorageStateStore,
} from 'oidc-client-ts';
import type { Config } from '../config.ts';
import { ProblemError, signedOut, unreachable } from '../rules/problem.ts';
import { learnServerTime } from '../time/clock.ts';

/** Who is signed in: by the issuer's own id, and the address that it proved. */
export interface Person {
  readonly sub: string;
  readonly email?: string;
}

export type SessionState =
  | { readonly status: 'starting' }
  /** `because`: what is to be told beside the button that signs in. */
  | { readonly status: 'signed-out'; readonly because?: SignInTrouble }
  | { readonly status: 'signed-in'; readonly person: Person }
  /** The tokens have ended and the issuer gives no others: the page stays as it is until the person signs in again. */
  | { readonly status: 'expired'; readonly person: Person; readonly isPutOff: boolean };

export type SignInTrouble = 'refused' | 'failed' | 'unreachable' | 'ended';

/** The only thing that is remembered: that this browser has been signed in. With it a reload asks the issuer first. */
const rememberedAs = 'signed-in-before';
const returnPath = '/signed-in';
/** Told to the other tabs of the browser: the person has left. */
const leftMessage = 'left';
/** Renewed so many seconds before they end. */
const renewAhead = 60;

/**
 * The sign-in at the issuer: authorization code with PKCE, tokens in this object's memory and nowhere else. What a
 * redirect has to remember (PKCE's verifier) is in the tab's session storage until the way back, and then removed.
 */
export class Session {
  readonly #manager: UserManager;
  readonly #pending: WebStorageStateStore;
  readonly #listeners = new Set<() => void>();
  readonly #waiting = new Set<{ resolve(): void; reject(error: unknown): void }>();
  readonly #replaceAddress: (path: string) => void;
  readonly #tabs = otherTabs();
  #state: SessionState = { status: 'starting' };
  #renewal: Promise<User> | undefined;

  /** @param replaceAddress puts a path of the dashboard into the address bar */
  constructor({ issuer, clientId }: Config, replaceAddress: (path: string) => void) {
    const { origin } = window.location;
    this.#replaceAddress = replaceAddress;
    this.#pending = new WebStorageStateStore({ store: tabStorage(), prefix: 'oidc.' });
    this.#manager = new UserManager({
      authority: issuer,
      client_id: clientId,
      redirect_uri: origin + returnPath,
      popup_redirect_uri: origin + returnPath,
      post_logout_redirect_uri: `${origin}/`,
      scope: 'openid email profile',
      userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
      stateStore: this.#pending,
      automaticSilentRenew: false,
      accessTokenExpiringNotificationTimeInSeconds: renewAhead,
      requestTimeoutInSeconds: 15,
      // Everything that is shown comes from the API; the ID token has the rest.
      loadUserInfo: false,
    });
    this.#manager.events.addAccessTokenExpiring(() => void this.#renew().catch(() => {}));
    this.#tabs?.addEventListener('message', ({ data }) => {
      if (data === leftMessage) void this.#follow();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly getState = (): SessionState => this.#state;

  /**
   * Finishes a sign-in that comes back from the issuer; otherwise asks the issuer, without a page of its own, whether it
   * still knows a person who was signed in here.
   * @param isPublic whether the page needs no sign-in: then nobody is sent anywhere
   */
  async start(isPublic: boolean): Promise<void> {
    if (window.location.pathname === returnPath) return this.#finish(window.location.href);
    await this.#forgetPending();
    if (isPublic || !remembered()) return this.#set({ status: 'signed-out' });
    await this.#leave(pathNow(), 'none');
  }

  /** Leads to the issuer's pages, and back to where the person is now. */
  async signIn(returnTo = pathNow()): Promise<void> {
    await this.#leave(returnTo, undefined);
  }

  /**
   * Signs in again in a window of its own, so that this page stays. Whoever comes back as somebody else finds nothing of
   * the former person's page.
   * @throws ProblemError `window-blocked` where the browser opens none
   */
  async signInAgain(): Promise<void> {
    const before = this.#person();
    let user: User;
    try {
      user = await this.#manager.signinPopup({ popupWindowTarget: '_blank' });
    } catch (error) {
      if (error instanceof ErrorResponse) throw new ProblemError({ ...signedOut, detail: refusedDetail });
      if (String(error).includes('disposed window')) throw new ProblemError(windowBlocked, { cause: error });
      throw new ProblemError(unreachable, { cause: error });
    }
    const isSame = before?.sub === user.profile.sub;
    if (!isSame) this.#settleWaiting(new ProblemError(signedOut));
    this.#accept(user);
    if (!isSame) this.#replaceAddress('/');
    this.#settleWaiting();
  }

  /** "Not now": what waits for a sign-in is given up, the page stays. */
  putOff(): void {
    if (this.#state.status !== 'expired') return;
    this.#set({ ...this.#state, isPutOff: true });
    this.#settleWaiting(new ProblemError(signedOut));
  }

  /** Takes "Not now" back. */
  askAgain(): void {
    if (this.#state.status === 'expired') this.#set({ ...this.#state, isPutOff: false });
  }

  /** Ends the session in all tabs of this browser, and at the issuer. */
  async signOut(): Promise<void> {
    this.#tabs?.postMessage(leftMessage);
    // Before the page is left: as it is then, the browser keeps it for the Back button.
    await this.#dropPerson({ status: 'starting' });
    const home = `${window.location.origin}/`;
    try {
      // Without a user the way out carries no `id_token_hint`: the ID token opens the API, and has no place in an address.
      await this.#manager.signoutRedirect({
        // Cognito's name for what the standard calls post_logout_redirect_uri.
        extraQueryParams: { logout_uri: home },
      });
    } catch {
      // An issuer without such a page: the tokens are gone.
      window.location.assign(home);
    }
    // For whoever comes back by the Back button.
    this.#set({ status: 'signed-out' });
  }

  /** The account is gone, and with it the sign-in: nothing to tell the issuer. */
  async end(): Promise<void> {
    this.#tabs?.postMessage(leftMessage);
    forget();
    await this.#manager.removeUser();
    this.#set({ status: 'signed-out' });
  }

  /**
   * The ID token for a request of the API, renewed where it is about to end. Where the session has ended, waits until the
   * person has signed in again.
   * @param refused the token that the API has just refused: then another is needed, whatever its lifetime says
   * @throws ProblemError `signed-out`, `unreachable`
   */
  async token(refused?: string): Promise<string> {
    if (this.#state.status === 'expired') await this.#signedInAgain();
    const user = await this.#manager.getUser();
    if (user === null) throw new ProblemError(signedOut);
    const { id_token: token = '', expires_in: seconds = 0 } = user;
    if (token !== refused && seconds > 5) return token;
    try {
      return (await this.#renew()).id_token ?? '';
    } catch (error) {
      if (this.#isExpired()) return this.token(refused);
      throw error;
    }
  }

  readonly whose = (): string | undefined => this.#person()?.sub;

  /** The API refuses even a token that is fresh: only signing in again can help. */
  expire(): void {
    const person = this.#person();
    if (person !== undefined && !this.#isExpired()) this.#set({ status: 'expired', person, isPutOff: false });
  }

  /** One renewal at a time: a refresh token is good for one. */
  #renew(): Promise<User> {
    this.#renewal ??= this.#askAnew().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #askAnew(): Promise<User> {
    let user: User | null;
    try {
      user = (await this.#manager.getUser())?.refresh_token ? await this.#manager.signinSilent() : null;
    } catch (error) {
      // The issuer said no: the refresh token has ended or was revoked. Anything else may pass.
      if (!(error instanceof ErrorResponse)) throw new ProblemError(unreachable, { cause: error });
      user = null;
    }
    if (user !== null && this.#person() !== undefined) {
      this.#accept(user);
      return user;
    }
    this.expire();
    throw new ProblemError(signedOut);
  }

  async #finish(url: string): Promise<void> {
    const parameters = new URL(url).searchParams;
    const state = parameters.get('state');
    // The code is of no more use to anybody who reads the address bar or the history.
    this.#replaceAddress('/');
    if (state === null) return this.start(false);
    if ((await this.#pending.get(state)) === null) {
      // Begun by another window, which waits for the answer; it closes this one.
      await this.#manager.signinPopupCallback(url).catch(() => {});
      return this.#set({ status: 'signed-out' });
    }
    try {
      const user = await this.#manager.signinRedirectCallback(url);
      this.#replaceAddress(returnToOf(user.state));
      this.#accept(user);
    } catch (error) {
      forget();
      // Whoever signs in now goes on where the reload began.
      if (error instanceof ErrorResponse) this.#replaceAddress(returnToOf(error.state));
      this.#set({ status: 'signed-out', because: troubleOf(error) });
    } finally {
      await this.#forgetPending();
    }
  }

  async #leave(returnTo: string, prompt: 'none' | undefined): Promise<void> {
    try {
      await this.#manager.signinRedirect({
        state: { returnTo },
        ...(prompt === undefined ? {} : { prompt, redirectMethod: 'replace' }),
      });
    } catch {
      this.#set({ status: 'signed-out', because: 'unreachable' });
    }
  }

  #accept(user: User): void {
    const { sub, email, iat } = user.profile;
    learnServerTime(iat * 1000);
    remember();
    this.#set({ status: 'signed-in', person: { sub, ...(email === undefined ? {} : { email }) } });
  }

  /** Somebody has signed out in another tab. */
  async #follow(): Promise<void> {
    if (this.#person() !== undefined) await this.#dropPerson({ status: 'signed-out' });
  }

  /** What was shown goes first. Then the refresh token, which every tab has of its own, and what else is in memory. */
  async #dropPerson(state: SessionState): Promise<void> {
    forget();
    this.#set(state);
    this.#settleWaiting(new ProblemError(signedOut));
    // One that is under way would bring tokens back.
    await this.#renewal?.catch(() => {});
    // What the issuer does not hear ends within a day.
    await this.#manager.revokeTokens(['refresh_token']).catch(() => {});
    await this.#manager.removeUser();
  }

  async #forgetPending(): Promise<void> {
    for (const key of await this.#pending.getAllKeys()) await this.#pending.remove(key);
  }

  #signedInAgain(): Promise<void> {
    // Something is asked for again: so is the person.
    this.askAgain();
    return new Promise((resolve, reject) => this.#waiting.add({ resolve, reject }));
  }

  #settleWaiting(error?: ProblemError): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const each of waiting) error === undefined ? each.resolve() : each.reject(error);
  }

  #person(): Person | undefined {
    return 'person' in this.#state ? this.#state.person : undefined;
  }

  #isExpired(): boolean {
    return this.#state.status === 'expired';
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

const refusedDetail = 'The sign-in was not completed. Try again, or ask support.';

const windowBlocked = {
  kind: 'window-blocked',
  title: 'Your browser opened no window',
  detail:
    'It keeps pages from opening windows. Sign in on this page instead: what you typed here is lost then.',
  status: 0,
  errors: [],
};

function troubleOf(error: unknown): SignInTrouble {
  if (!(error instanceof ErrorResponse)) return 'unreachable';
  if (['login_required', 'interaction_required', 'consent_required'].includes(error.error ?? ''))
    return 'ended';
  return error.error === 'access_denied' ? 'refused' : 'failed';
}

/** Where the person was. A fragment is not kept: it may hold what is meant for the page alone. */
function pathNow(): string {
  const { pathname, search } = window.location;
  return pathname === returnPath ? '/' : pathname + search;
}

/** A path of the dashboard, and of nobody else. */
function returnToOf(state: unknown): string {
  const { returnTo } = Object(state) as { returnTo?: unknown };
  return typeof returnTo === 'string' && /^\/(?![/\\])/.test(returnTo) ? returnTo : '/';
}

/** Where storage is not allowed nobody can sign in; pages that need no sign-in go on. */
function tabStorage(): Storage {
  try {
    return window.sessionStorage;
  } catch {
    return new InMemoryWebStorage();
  }
}

/** Where storage is not allowed, some browsers allow this neither. */
function otherTabs(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel('session');
  } catch {
    return undefined;
  }
}

function remembered(): boolean {
  try {
    return window.localStorage.getItem(rememberedAs) !== null;
  } catch {
    return false;
  }
}

function remember(): void {
  try {
    window.localStorage.setItem(rememberedAs, 'yes');
  } catch {
    // Storage is not allowed: a reload asks for a click.
  }
}

function forget(): void {
  try {
    window.localStorage.removeItem(rememberedAs);
  } catch {
    // As above.
  }
}
