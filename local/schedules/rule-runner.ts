import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/service.ts';
import type { Clock } from '../clock.ts';
import type { EventQueue } from '../lambda/event-queue.ts';
import type { FunctionInvoker } from '../lambda/invoker.ts';
import type { LocalEnvironment } from '../model.ts';
import type { StateMap } from '../state.ts';
import type { Rule, Target } from './read-rules.ts';
import { isoSeconds, scheduledEvent } from './scheduled-event.ts';
import type { Turns } from './turns.ts';

/** What is kept of a rule; times in milliseconds since the epoch. */
export interface KeptRule {
  readonly expression: string;
  /** When the rule began to run with this expression: rates count from here. */
  readonly since: number;
  /** The last due time that is done with. */
  readonly last: number;
}

export interface RuleRunner {
  /** Fires once, for the last due time up to the given one that is not done with; does nothing when there is none. */
  catchUp(upTo: number): Promise<void>;
  /** Begins nothing more; an invocation under way, with those of the rule's other targets, goes on. */
  stop(): void;
}

/** A laptop sleeps without its timers: it looks again at least this often. */
const LONGEST_WAIT_MILLISECONDS = 60_000;

/**
 * Runs one rule. Due times that pass before its turn comes are made up for by one run for the last of them. A due time
 * is done with when each target was invoked; a process that dies before that invokes them again (EventBridge, too,
 * delivers at least once). Retries are the event queue's.
 */
export function startRule(options: {
  readonly rule: Rule;
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  readonly kept: StateMap<KeptRule>;
  readonly events: EventQueue;
  /** Shared by all rules. */
  readonly turns: Turns;
  readonly invoker: FunctionInvoker;
  readonly log: (line: string) => void;
}): RuleRunner {
  const { rule, environment, clock, kept, events, turns, invoker, log } = options;
  const { since, last: lastKept } = resume(rule, kept, clock);
  const schedule = rule.schedule(since);
  let last = lastKept;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function fireDue(upTo: number): Promise<void> {
    const due = stopped ? undefined : schedule.last(last, upTo);
    if (due === undefined) return;
    for (const target of rule.targets) {
      if (target.permitted) await deliver(target, due);
    }
    last = due;
    kept.put(rule.logicalId, { expression: rule.expression, since, last });
  }

  /** Resolves after the first attempt; retries follow on the clock, each in a turn of its own. */
  function deliver(target: Target, due: number): Promise<void> {
    const requestId = randomUUID();
    const label = `${rule.name} (due ${isoSeconds(due)}, target ${target.id}, request ${requestId})`;
    const payload =
      target.input === undefined ? scheduledEvent(rule.arn, due, environment) : target.input.payload;
    const attempt = async () => {
      try {
        const outcome = await invoker.invoke(target.functionArn, payload, { requestId });
        log(`${label}: ${outcome.kind === 'returned' ? 'done' : `failed with ${outcome.error.errorType}`}`);
        return outcome.kind === 'returned' ? 'succeeded' : 'failed';
      } catch (error) {
        log(`${label}: could not be invoked: ${error instanceof Error ? error.message : String(error)}`);
        return error instanceof AwsError && error.code === 'TooManyRequestsException'
          ? 'throttled'
          : 'failed';
      }
    };
    return new Promise((resolve) => {
      let attempts = 0;
      events.accept({
        requestId,
        log: (line) => log(`${label}: ${line}`),
        async attempt() {
          attempts += 1;
          // The first attempt belongs to the turn that the rule already has.
          if (attempts > 1) return turns.take(async () => (stopped ? 'failed' : attempt()));
          const result = await attempt();
          resolve();
          return result;
        },
      });
    });
  }

  function wait(): void {
    clearTimeout(timer);
    if (stopped) return;
    const now = clock.now();
    const due = schedule.first(last, now + LONGEST_WAIT_MILLISECONDS);
    const delay = due === undefined ? LONGEST_WAIT_MILLISECONDS : Math.max(0, due - now);
    timer = setTimeout(() => void catchUp(clock.now()), delay).unref();
  }

  async function catchUp(upTo: number): Promise<void> {
    await turns.take(() => fireDue(upTo));
    wait();
  }

  // What was missed while the process was down; and the first timer.
  void catchUp(clock.now());
  return {
    catchUp,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Where the rule stood when the process ended. A new rule, or one with a new expression, begins now. */
function resume(rule: Rule, kept: StateMap<KeptRule>, clock: Clock): KeptRule {
  const found = kept.get(rule.logicalId);
  if (found?.expression === rule.expression) return found;
  // Events tell times in whole seconds.
  const now = Math.floor(clock.now() / 1000) * 1000;
  const begun: KeptRule = { expression: rule.expression, since: now, last: now };
  kept.put(rule.logicalId, begun);
  return begun;
}
