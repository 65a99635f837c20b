/** What other subsystems may use of alerts. */
export { type AlertStore, createAlertStore } from './stores/alert-store.ts';
