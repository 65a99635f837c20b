import './styles/tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/layout.css';
import { createRoot } from 'react-dom/client';
import { Api } from './api/client.ts';
import { ApiContext, newQueryClient } from './api/queries.ts';
import { App } from './app.tsx';
import { loadConfig } from './config.ts';
import { ConfigContext } from './config-context.ts';
import { applyTheme } from './layout/theme.ts';
import { takeClaimLink } from './pages/claim/claim-link.ts';
import { isPublicPath, loadAhead } from './pages/routes.ts';
import { Session } from './session/session.ts';
import { SessionContext } from './session/session-context.tsx';

const putLinkBack = takeClaimLink();
applyTheme();
void start(document.getElementById('app'));

async function start(element: HTMLElement | null): Promise<void> {
  if (element === null) throw new Error('the page has no element for the dashboard');
  try {
    const config = await loadConfig();
    const session = new Session(config, (path) => window.history.replaceState(null, '', path));
    const queryClient = newQueryClient();
    followPerson(session, () => queryClient.clear());
    const api = new Api(config.apiUrl, session);
    createRoot(element).render(
      <ConfigContext value={config}>
        <SessionContext value={session}>
          <ApiContext value={api}>
            <App queryClient={queryClient} />
          </ApiContext>
        </SessionContext>
      </ConfigContext>,
    );
    const isPublic = isPublicPath(window.location.pathname);
    if (!isPublic) loadAhead(window.location.pathname);
    await session.start(isPublic);
  } catch {
    putLinkBack();
    showFailure(element);
  }
}

/** What was told to one person is no other's. */
function followPerson(session: Session, forget: () => void): void {
  let last: string | undefined;
  session.subscribe(() => {
    const state = session.getState();
    const next = 'person' in state ? state.person.sub : undefined;
    if (last !== undefined && next !== last) forget();
    last = next;
  });
}

/** Without its configuration the page can neither sign anybody in nor say whom to ask. */
function showFailure(element: HTMLElement): void {
  const main = document.createElement('main');
  main.className = 'noscript';
  const heading = document.createElement('h1');
  heading.textContent = 'This page could not be loaded';
  const text = document.createElement('p');
  text.textContent =
    'Check your connection to the internet, then load the page again. It goes on? Answer the mail that led you here, or ask whoever runs the service.';
  const button = document.createElement('button');
  button.className = 'button button-primary';
  button.textContent = 'Load again';
  button.addEventListener('click', () => window.location.reload());
  main.append(heading, text, button);
  element.replaceChildren(main);
}
