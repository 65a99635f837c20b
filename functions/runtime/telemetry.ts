import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/**
 * One logger and one metrics object per function instance. The service name is the function's own, from
 * `POWERTOOLS_SERVICE_NAME`; the metrics' namespace is the stage's, from `POWERTOOLS_METRICS_NAMESPACE`. What is logged is
 * chosen field by field; events and payloads never are, for they hold keys.
 */
export const logger = new Logger();
export const metrics = new Metrics();

/** Emits a count at once, with dimensions of its own. */
export function count(name: string, dimensions: Readonly<Record<string, string>> = {}, value = 1): void {
  const metric = metrics.singleMetric();
  for (const [key, text] of Object.entries(dimensions)) metric.addDimension(key, text);
  metric.addMetric(name, 'Count', value);
}

/** Emits a duration at once. */
export function measureSeconds(name: string, seconds: number): void {
  metrics.singleMetric().addMetric(name, 'Seconds', seconds);
}

/** What may be told of an unexpected error: its class and message, never its properties (an SDK error holds inputs). */
export function describeError(error: unknown): { errorName: string; errorMessage: string; stack?: string } {
  if (!(error instanceof Error)) return { errorName: typeof error, errorMessage: 'a value that is no Error' };
  return {
    errorName: error.name,
    errorMessage: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  };
}
