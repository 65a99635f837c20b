/** Rules of usage that other subsystems may use. */
export { type Period, parsePeriod, periodOf, periodShape, secondsToReset } from './period.ts';
export { rateLimit, rateLimitPolicy } from './rate-limit.ts';
export { monthCounts, type UsageReport, usageReportSchema } from './report.ts';
