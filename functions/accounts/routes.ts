import { ownRoutes } from './account-routes.ts';
import { alertRoutes } from './alert-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { tierRoutes } from './tier-routes.ts';

export const accountRoutes = [...ownRoutes, ...tierRoutes, ...keyRoutes, ...alertRoutes];
