import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { SecretsInHandProvider } from './api/secrets-in-hand.tsx';
import { Announcer } from './components/announcer.tsx';
import { Overlay } from './components/overlay.tsx';
import { Skeleton } from './components/states.tsx';
import { Boundary } from './layout/boundary.tsx';
import { Shell } from './layout/shell.tsx';
import { Welcome } from './layout/welcome.tsx';
import NotFoundPage from './pages/not-found-page.tsx';
import { publicRoutes, routes } from './pages/routes.ts';
import { useSessionState } from './session/session-context.tsx';

const ExpiredDialog = lazy(() => import('./session/expired-dialog.tsx'));

/** Public pages for everybody; the rest for whoever is signed in. */
export function App({ queryClient }: { readonly queryClient: QueryClient }) {
  return (
    <QueryClientProvider client={queryClient}>
      <Announcer>
        <Suspense fallback={<Waiting />}>
          <Switch>
            {publicRoutes.map(({ path, component: Public }) => (
              <Route key={path} path={path}>
                <Boundary>
                  <Public />
                </Boundary>
              </Route>
            ))}
            <Route>
              <SignedIn />
            </Route>
          </Switch>
        </Suspense>
      </Announcer>
    </QueryClientProvider>
  );
}

function SignedIn() {
  const state = useSessionState();
  if (state.status === 'starting') return <Waiting />;
  if (state.status === 'signed-out') return <Welcome because={state.because} />;
  return (
    // Another person finds nothing of the former one's pages.
    <Shell key={state.person.sub}>
      <SecretsInHandProvider>
        <Overlay>
          <Boundary>
            <Suspense fallback={<Loading />}>
              <Switch>
                {routes.map(({ path, component }) => (
                  <Route key={path} path={path} component={component} />
                ))}
                <Route>
                  <NotFoundPage />
                </Route>
              </Switch>
            </Suspense>
          </Boundary>
        </Overlay>
      </SecretsInHandProvider>
      <Suspense>
        <ExpiredDialog />
      </Suspense>
    </Shell>
  );
}

/** The page's code is on its way. */
function Loading() {
  return (
    <div aria-busy="true">
      <span className="sr-only">Loading the page…</span>
      <Skeleton lines={6} />
    </div>
  );
}

function Waiting() {
  return (
    <div className="waiting" role="status">
      <span className="spinner" aria-hidden="true" />
      <span>One moment…</span>
    </div>
  );
}
