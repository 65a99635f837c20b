/** What other subsystems may use of alerts. */
export { composeAlerts, composeLastLooks } from './compose.ts';
export { pageOfAlerts } from './page-of-alerts.ts';
export type { AlertStore } from './stores/alert-store.ts';
export { type Alerted, type SuspensionDependencies, suspendByPolicy } from './suspend-by-policy.ts';
