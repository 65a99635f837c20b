/** What other subsystems may use of usage; its rules are in `rules/index.ts`. */
export { callerOf, meterRequest } from './meter-request.ts';
export { createMeter } from './stores/meter.ts';
export { createUsageStore, type UsageStore } from './stores/usage-store.ts';
export { type UsageReport, usageReport } from './usage-report.ts';
