import { afterAll, beforeAll, vi } from 'vitest';
import { logger, metrics } from '../../../functions/runtime/telemetry.ts';

/**
 * For a file of tests: no log, no metric, and no waiting in real time of those who contend; the order of turns is all
 * that counts.
 */
export function simulated(): void {
  let level = logger.getLevelName();
  beforeAll(() => {
    vi.stubGlobal('setTimeout', (then: () => void) => queueMicrotask(then));
    level = logger.getLevelName();
    logger.setLogLevel('SILENT');
    const quiet = { addDimension: () => quiet, addMetric: () => quiet };
    vi.spyOn(metrics, 'singleMetric').mockReturnValue(quiet as never);
  });
  afterAll(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    logger.setLogLevel(level);
  });
}
