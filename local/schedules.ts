import type { Clock } from './clock.ts';
import { createEventQueue } from './lambda/event-queue.ts';
import type { FunctionInvoker } from './lambda/invoker.ts';
import type { LocalEnvironment, ResolvedResource } from './model.ts';
import { type Rule, readRules } from './schedules/read-rules.ts';
import { type KeptRule, startRule } from './schedules/rule-runner.ts';
import { createTurns } from './schedules/turns.ts';
import type { State } from './state.ts';

export interface ScheduleOptions {
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  readonly state: State;
  /** `AWS::Events::Rule` and `AWS::Lambda::Permission` are read, other types passed over. */
  readonly resources: readonly ResolvedResource[];
  readonly invoker: FunctionInvoker;
  readonly log: (line: string) => void;
}

/**
 * Runs the template's schedules on the stack's clock, one invocation at a time. Each step of a move fires every rule
 * that fell due in it once, for its last due time, and is over when they ran; retries of failures wait one and two
 * minutes of the clock, as Lambda's do.
 * @returns `close`, which waits for what is under way; nothing fires from then on
 * @throws Error that names type, logical id and property of what is not supported
 */
export function startSchedules(options: ScheduleOptions): { close(): Promise<void> } {
  const { environment, clock, state, log } = options;
  const rules = readRules(options.resources, environment);
  for (const line of rules.flatMap(complaints)) log(line);
  const active = rules.filter(
    ({ enabled, targets }) => enabled && targets.some(({ permitted }) => permitted),
  );

  const kept = state.map<KeptRule>('schedules');
  // What does not run misses nothing: a rule that is enabled again begins anew.
  const activeIds = new Set(active.map(({ logicalId }) => logicalId));
  for (const [id] of kept.entries()) if (!activeIds.has(id)) kept.delete(id);

  // Listens to the clock before the rules do, so that a retry precedes the rule's next invocation.
  const events = createEventQueue(clock);
  const turns = createTurns();
  const runners = active.map((rule) => startRule({ ...options, rule, kept, events, turns }));
  clock.onMove(async (_from, to) => {
    for (const runner of runners) await runner.catchUp(to);
  });
  return {
    async close() {
      events.close();
      for (const runner of runners) runner.stop();
      await turns.over();
    },
  };
}

/** Why a rule, or one of its targets, is never invoked. */
function complaints({ name, enabled, targets }: Rule): string[] {
  if (!enabled) return [`${name}: disabled, never fires`];
  if (targets.length === 0) return [`${name}: no targets, invokes nothing`];
  const forbidden = targets.filter(({ permitted }) => !permitted).map(({ functionArn }) => functionArn);
  if (forbidden.length === 0) return [];
  return [
    `${name}: never invokes ${forbidden.join(', ')}: no AWS::Lambda::Permission allows it to events.amazonaws.com`,
  ];
}
