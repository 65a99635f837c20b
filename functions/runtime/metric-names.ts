/** Metric names stand here once: functions emit them, the constructs' alarms watch them. */
export const metricNamespace = 'Latchkey';

export const metricNames = {
  /** A request that the authorizer refused; dimension `reason`. */
  authorizerRefusals: 'AuthorizerRefusals',
  /** The authorizer could not decide, because something it depends on failed. */
  authorizerFailures: 'AuthorizerFailures',
  /** A request whose count may or may not have been written: answered 503. */
  meterUnknownOutcomes: 'MeterUnknownOutcomes',
  /** A request whose count was certainly not written: answered 503. */
  meterUnavailable: 'MeterUnavailable',
  /** Usage keys that the product has in API Gateway, after one was planned. */
  usageKeys: 'UsageKeys',
} as const;
