/** What other subsystems may use of the record. */
export type { AuditEntry } from './rules/audit-entry.ts';
export { type AuditStore, createAuditStore } from './stores/audit-store.ts';
