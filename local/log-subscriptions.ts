import { randomUUID } from 'node:crypto';
import type { CloudWatchLogsLogEvent } from 'aws-lambda';
import { AwsError } from './aws/service.ts';
import type { Clock } from './clock.ts';
import { closingGrace } from './closing-grace.ts';
import { createEventQueue } from './lambda/event-queue.ts';
import type { FunctionInvoker } from './lambda/invoker.ts';
import { logEvent, logsEvent } from './log-subscriptions/log-message.ts';
import { readFilters, type SubscriptionFilter } from './log-subscriptions/read-filters.ts';
import type { LocalEnvironment, ResolvedResource } from './model.ts';

export interface LogSubscriptionsOptions {
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  /** `AWS::Logs::SubscriptionFilter`, `AWS::Lambda::Function` and `Permission` are read, other types passed over. */
  readonly resources: readonly ResolvedResource[];
  readonly invoker: FunctionInvoker;
  readonly log: (line: string) => void;
}

export interface LogSubscriptions {
  /** A line was written. @param group name of a log group */
  take(group: string, line: string): void;
  /**
   * Resolves when functions have taken every line so far.
   * @throws Error that says which filter is behind, and why, when that took longer than the time given (10 s)
   */
  whenIdle(withinMilliseconds?: number): Promise<void>;
  /** Hands over what waits, for up to five seconds; takes nothing more. */
  close(): Promise<void>;
}

/** How long lines wait for others to go with, in milliseconds, and how many go at once. */
const longestWait = 200;
const mostLines = 500;

/**
 * Hands lines of log groups to functions by the template's subscription filters: some at a time, as Lambda's queue of
 * asynchronous invocations does, a failure again after one and after two minutes of the clock. A step of a move of the
 * clock begins with what was logged before it. Lines live in memory until a function took them: those that wait when the
 * process is killed stand in the log file only.
 * @throws Error that names type, logical id and property of what is not supported
 */
export function startLogSubscriptions(options: LogSubscriptionsOptions): LogSubscriptions {
  const { environment, clock, invoker, log } = options;
  const filters = readFilters(options.resources, environment);
  for (const { name, functionArn, logGroup, permitted } of filters) {
    if (permitted) continue;
    log(
      `${name}: never invokes ${functionArn}: no AWS::Lambda::Permission allows it to logs.amazonaws.com for ${logGroup}`,
    );
  }
  const byGroup = Map.groupBy(
    filters.filter(({ permitted }) => permitted),
    ({ logGroup }) => logGroup,
  );
  const waiting = new Map<SubscriptionFilter, { lines: CloudWatchLogsLogEvent[]; timer: NodeJS.Timeout }>();
  /** Batches that no function has taken yet, by what they wait for. */
  const open = new Map<string, string>();
  const underway = new Set<Promise<unknown>>();
  let closed = false;

  // Before the queue listens: what waits for its first attempt has it within the step of a move, like a retry.
  clock.onMove(async () => {
    flush();
    await within(closingGrace, Promise.all(underway));
  });
  const events = createEventQueue(clock);

  function flush(): void {
    for (const filter of [...waiting.keys()]) handOver(filter);
  }

  function handOver(filter: SubscriptionFilter): void {
    const batch = waiting.get(filter);
    if (batch === undefined) return;
    clearTimeout(batch.timer);
    waiting.delete(filter);
    const id = randomUUID();
    const event = logsEvent(filter, batch.lines, environment.accountId);
    const attempt = async () => {
      open.set(id, `${filter.name} (under way)`);
      const result = await invoke(filter, event, id);
      if (result === 'succeeded') open.delete(id);
      else open.set(id, `${filter.name} (waits for another attempt)`);
      return result;
    };
    events.accept({
      requestId: id,
      attempt() {
        const attempted = attempt();
        underway.add(attempted);
        void attempted.finally(() => underway.delete(attempted));
        return attempted;
      },
      log: (line) => log(`${filter.name}: batch ${id} of ${batch.lines.length} lines: ${line}`),
      discarded: () => open.delete(id),
    });
  }

  async function invoke({ name, functionArn }: SubscriptionFilter, event: unknown, requestId: string) {
    try {
      const outcome = await invoker.invoke(functionArn, event, { requestId });
      return outcome.kind === 'returned' ? 'succeeded' : 'failed';
    } catch (error) {
      if (error instanceof AwsError && error.code === 'TooManyRequestsException') return 'throttled';
      log(`${name}: could not be invoked: ${error instanceof Error ? error.message : String(error)}`);
      return 'failed';
    }
  }

  return {
    take(group, line) {
      const concerned = closed ? undefined : byGroup.get(group);
      if (concerned === undefined) return;
      const parsed = parsedJson(line);
      if (parsed === undefined) return;
      for (const filter of concerned) {
        if (!filter.accepts(parsed)) continue;
        const batch = waiting.get(filter) ?? {
          lines: [],
          timer: setTimeout(() => handOver(filter), longestWait),
        };
        waiting.set(filter, batch);
        batch.lines.push(logEvent(line, clock.now()));
        if (batch.lines.length >= mostLines) handOver(filter);
      }
    },
    async whenIdle(withinMilliseconds = 10_000) {
      const end = Date.now() + withinMilliseconds;
      do {
        flush();
        await within(end - Date.now(), Promise.all(underway));
      } while (Date.now() < end && (waiting.size > 0 || underway.size > 0));
      if (waiting.size === 0 && open.size === 0) return;
      throw new Error(
        `Log subscriptions are not idle after ${withinMilliseconds} ms: ${[...open.values()].join(', ')}`,
      );
    },
    async close() {
      flush();
      closed = true;
      await within(closingGrace, Promise.all(underway));
      events.close();
    },
  };
}

/** Waits for the work, but no longer than the time given. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const deadline = setTimeout(resolve, Math.max(0, milliseconds));
  await Promise.race([work, promise]);
  clearTimeout(deadline);
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
