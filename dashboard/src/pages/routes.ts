import { type ComponentType, lazy } from 'react';
import type { IconName } from '../components/icon.tsx';

export interface PageRoute {
  readonly path: string;
  /** Of the page's own chunk; asked for ahead of time by whoever is about to go there. */
  readonly load: () => Promise<{ default: ComponentType }>;
  readonly component: ComponentType;
  /** How the navigation calls it; absent: it leads there by other ways. */
  readonly label?: string;
  readonly icon?: IconName;
}

function route(path: string, load: PageRoute['load'], label?: string, icon?: IconName): PageRoute {
  const named = { ...(label === undefined ? {} : { label }), ...(icon === undefined ? {} : { icon }) };
  return { path, load, component: lazy(load), ...named };
}

/** Every page of a signed-in person, in the order of the navigation. Each is loaded when it is first opened. */
export const routes: readonly PageRoute[] = [
  route('/', () => import('./overview/overview-page.tsx'), 'Overview', 'overview'),
  route('/keys', () => import('./keys/keys-page.tsx'), 'API keys', 'key'),
  route('/keys/:keyId', () => import('./keys/key-page.tsx')),
  route('/alerts', () => import('./alerts/alerts-page.tsx'), 'Alerts', 'bell'),
  route('/alerts/:alertId', () => import('./alerts/alert-page.tsx')),
  route('/usage', () => import('./usage/usage-page.tsx'), 'Usage', 'usage'),
  route('/start', () => import('./start/start-page.tsx'), 'Get started', 'start'),
  route('/plan', () => import('./plan/plan-page.tsx'), 'Plan', 'plan'),
  route('/settings', () => import('./settings/settings-page.tsx'), 'Settings', 'settings'),
];

/** Asks for a page's code ahead of time: while the person is being signed in, or is about to go there. */
export function loadAhead(path: string): void {
  const found = routes.find((each) => each.path === path) ?? routes[0];
  // Where that fails, opening the page tries again, and tells.
  void found?.load().catch(() => {});
}

/** Pages that need no sign-in. */
export const publicRoutes: readonly PageRoute[] = [
  route('/claim', () => import('./claim/claim-page.tsx')),
  route('/goodbye', () => import('./goodbye/goodbye-page.tsx')),
];

/** As the router takes paths: in capitals, too, and with a slash at the end. */
export function isPublicPath(path: string): boolean {
  const plain = path.toLowerCase().replace(/\/$/, '');
  return publicRoutes.some((each) => each.path === plain);
}
