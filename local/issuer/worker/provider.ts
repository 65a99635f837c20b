import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import {
  type Configuration,
  errors,
  interactionPolicy,
  type JWK,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider';
import type { State } from '../../state.ts';
import type { PoolClient } from '../read-user-pool.ts';
import type { UserStore } from '../user-store.ts';
import { errorPage, signedOutPage, signOutPage } from './pages/provider-pages.ts';
import type { Page, Site } from './pages/site.ts';
import { stateAdapter } from './state-adapter.ts';

export interface ProviderOptions {
  /** Shows pages. */
  readonly site: Site;
  /** Of web pages that may use the endpoints. */
  readonly origins: ReadonlySet<string>;
  readonly issuer: string;
  readonly client: PoolClient;
  readonly state: State;
  readonly users: UserStore;
}

/** As long as those of Cognito's pages, in seconds. */
const signInSeconds = 3600;
const codeSeconds = 300;

/** Where interactions have their pages: the cookie of an interaction is sent to what lies below. */
export const interactionPath = (uid: string) => `/interaction/${uid}`;

/**
 * The OpenID provider that stands for a user pool: the paths and lifetimes are Cognito's, the one client is public, PKCE is
 * demanded, and what Cognito does without asking (consent, refresh tokens without `offline_access`) is done so here.
 */
export function createProvider({ issuer, client, state, users, site, origins }: ProviderOptions): Provider {
  const { seconds } = client;
  const policy = interactionPolicy.base();
  // The one client is the product's own.
  policy.remove('consent');
  const resource = `${issuer}/`;

  const configuration: Configuration = {
    adapter: stateAdapter(state, client.rotationGraceSeconds ?? 0),
    jwks: { keys: [signingKey(state)] },
    cookies: {
      keys: [cookieSecret(state)],
      // Cookies know no ports: others on this machine have a `_session`, too.
      names: { session: 'issuer_session', interaction: 'issuer_interaction', resume: 'issuer_resume' },
    },
    clients: [
      {
        client_id: client.clientId,
        application_type: 'web',
        token_endpoint_auth_method: 'none',
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [...client.callbackUrls],
        post_logout_redirect_uris: [...client.logoutUrls],
        scope: client.scopes.join(' '),
        id_token_signed_response_alg: 'RS256',
        require_auth_time: true,
      },
    ],
    responseTypes: ['code'],
    clientAuthMethods: ['none'],
    pkce: { required: () => true },
    scopes: [...client.scopes],
    claims: { openid: ['sub'], email: [...client.claims], profile: [] },
    conformIdTokenClaims: false,
    // There is one clock.
    clockTolerance: 0,
    routes: {
      authorization: '/oauth2/authorize',
      token: '/oauth2/token',
      revocation: '/oauth2/revoke',
      end_session: '/logout',
      jwks: '/.well-known/jwks.json',
    },
    ttl: {
      AuthorizationCode: codeSeconds,
      IdToken: seconds.idToken,
      AccessToken: seconds.accessToken,
      // A new refresh token ends when the first one would have ended.
      RefreshToken: (context) =>
        context.oidc.entities.RotatedRefreshToken?.remainingTTL ?? seconds.refreshToken,
      Grant: codeSeconds + seconds.refreshToken,
      // From signing in on, however often somebody comes back meanwhile.
      Session: (_context, { loginTs }) =>
        loginTs === undefined ? signInSeconds : Math.max(1, loginTs + signInSeconds - epochSeconds()),
      // As long as a code that proves an address.
      Interaction: 86_400,
    },
    issueRefreshToken: async () => true,
    rotateRefreshToken: client.rotationGraceSeconds !== undefined,
    // Whoever closes the browser, or whose hour of being signed in is over, keeps the tokens: so does Cognito.
    expiresWithSession: async () => false,
    clientBasedCORS: (_context, origin) => origins.has(origin),
    interactions: { policy, url: (_context, { uid }) => interactionPath(uid) },
    findAccount: (_context, sub) => {
      const user = users.bySub(sub);
      if (user === undefined) return undefined;
      const claims = { sub, email: user.email, email_verified: true };
      return { accountId: sub, claims: async () => claims };
    },
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        accountId: oidc.session?.accountId ?? '',
        clientId: oidc.client?.clientId ?? '',
      });
      grant.addOIDCScope(client.scopes.join(' '));
      grant.addResourceScope(resource, client.scopes.join(' '));
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      revocation: { enabled: client.revocation },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => show(context, signOutPage(form)),
        postLogoutSuccessSource: (context) => show(context, signedOutPage()),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, indicator) => {
          if (indicator !== resource) throw new errors.InvalidTarget();
          return {
            scope: client.scopes.join(' '),
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'RS256' } },
          };
        },
      },
    },
    formats: {
      customizers: {
        // As Cognito makes access tokens, but for an audience that the library insists on: no type in the header tells them
        // from ID tokens, so that who takes one for the other is found out here.
        jwt: (_context, _token, parts) => {
          parts.header = { typ: undefined };
          parts.payload['token_use'] = 'access';
        },
      },
    },
    renderError: (context, { error, error_description: description }) =>
      show(context, errorPage(description ?? error)),
  };
  return new Provider(issuer, configuration);

  function show(context: KoaContextWithOIDC, page: Page): void {
    context.set({ ...site.headers });
    context.body = site.document(page);
  }
}

function epochSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** Made once: a new key would make every token that is out worthless. */
function signingKey(state: State): JWK {
  const keys = state.map<JWK>('keys');
  const kept = keys.get('signing');
  if (kept !== undefined) return kept;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const made = {
    ...privateKey.export({ format: 'jwk' }),
    kid: randomUUID(),
    use: 'sig',
    alg: 'RS256',
  } as JWK;
  keys.put('signing', made);
  return made;
}

function cookieSecret(state: State): string {
  const keys = state.map<string>('keys');
  const kept = keys.get('cookies');
  if (kept !== undefined) return kept;
  const made = randomBytes(32).toString('base64url');
  keys.put('cookies', made);
  return made;
}
