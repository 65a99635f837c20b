/** What other subsystems, and their rules, may use of the record's rules. */
export { recordedActions } from './recorded-actions.ts';
