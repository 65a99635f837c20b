import type { RequestListener } from 'node:http';
import type { State } from '../../state.ts';
import { openUserStore } from '../user-store.ts';
import type { IssuerSetup, OutgoingMail } from '../worker-protocol.ts';
import { createCodeMailer } from './code-mailer.ts';
import { openFlows } from './flows.ts';
import { createListener } from './listener.ts';
import { createSite } from './pages/site.ts';
import { createProvider } from './provider.ts';
import { createThrottle } from './throttle.ts';

export interface IssuerParts {
  readonly setup: IssuerSetup;
  readonly state: State;
  readonly mail: (mail: OutgoingMail) => Promise<void>;
  readonly log: (line: string) => void;
}

export function composeIssuer({ setup, state, mail, log }: IssuerParts): RequestListener {
  const { issuer, pool, inboxUrl } = setup;
  const { client } = pool;
  const origins = new Set([...client.callbackUrls, ...client.logoutUrls].map((url) => new URL(url).origin));
  const site = createSite({ product: pool.product, inboxUrl, support: pool.mail.replyTo, origins });
  const users = openUserStore(state);
  const provider = createProvider({ issuer, client, state, users, site, origins });
  provider.on('server_error', (_context, error) => log(`a request failed: ${error.stack}`));
  return createListener({
    issuer,
    provider,
    site,
    origins,
    users,
    flows: openFlows(state),
    throttle: createThrottle(state),
    mailer: createCodeMailer({ mail: pool.mail, send: mail, log }),
    policy: pool.passwordPolicy,
    log,
  });
}
