/** What other subsystems may use of usage; its rules are in `rules/index.ts`. */
export { callerOf, meterRequest } from './meter-request.ts';
export type { Usage } from './rules/usage-item.ts';
export { createMeter } from './stores/meter.ts';
export { createUsageStore, type MonthOfSubscription, type UsageStore } from './stores/usage-store.ts';
export { type UsageReport, usageReport } from './usage-report.ts';
