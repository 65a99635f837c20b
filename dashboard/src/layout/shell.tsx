import { lazy, type ReactNode, Suspense } from 'react';
import { Link, useLocation } from 'wouter';
import { Icon } from '../components/icon.tsx';
import { useConfig } from '../config-context.ts';
import { loadAhead, type PageRoute, routes } from '../pages/routes.ts';
import { useSession, useSessionState } from '../session/session-context.tsx';
import { AccountLabel } from './account-label.tsx';
import { Footer } from './footer.tsx';
import { OpenCount } from './open-count.tsx';

/** The menu's code comes after the page's. */
const AccountMenu = lazy(() => import('./account-menu.tsx'));

const destinations = routes.filter(({ label }) => label !== undefined);
/** As many as a thumb reaches; the others are in the menu. */
const onPhone = new Set(['/', '/keys', '/usage', '/start']);

/** Navigation, page and footer: at the side where there is room, at the bottom of a phone. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { product } = useConfig();
  const state = useSessionState();
  const session = useSession();
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="side">
        <Link href="/" className="brand">
          <span className="brand-mark">
            <Icon name="key" size={18} />
          </span>
          <span className="brand-name">{product}</span>
        </Link>
        <nav className="nav" aria-label="Pages">
          <ul>
            {destinations.map((destination) => (
              <NavItem key={destination.path} destination={destination} />
            ))}
          </ul>
        </nav>
        <Suspense
          fallback={
            <span className="account-button">
              <AccountLabel />
            </span>
          }
        >
          <AccountMenu />
        </Suspense>
      </header>
      <div className="content">
        {state.status === 'expired' && state.isPutOff && (
          <div className="banner" role="status">
            <p>You are signed out. What you see is from before.</p>
            <button type="button" className="link-button" onClick={() => session.askAgain()}>
              Sign in
            </button>
          </div>
        )}
        <main id="content" tabIndex={-1}>
          {children}
        </main>
        <Footer />
      </div>
    </div>
  );
}

function NavItem({ destination: { path, label, icon } }: { readonly destination: PageRoute }) {
  const [location] = useLocation();
  const isHere = path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);
  const ahead = () => loadAhead(path);
  return (
    <li className={onPhone.has(path) ? undefined : 'not-on-phone'}>
      <Link
        href={path}
        className="nav-link"
        aria-current={isHere ? 'page' : undefined}
        onPointerEnter={ahead}
        onFocus={ahead}
      >
        {icon !== undefined && <Icon name={icon} />}
        <span>{label}</span>
        {path === '/alerts' && <OpenCount />}
      </Link>
    </li>
  );
}
