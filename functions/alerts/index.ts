/** What other subsystems may use of alerts. */
export { composeAlerts } from './compose.ts';
export type { AlertStore } from './stores/alert-store.ts';
