import type { Iam } from './aws/iam.ts';
import type { Clock } from './clock.ts';
import type { ChangeStream } from './dynamodb/stream-log.ts';
import type { FunctionInvoker } from './lambda/invoker.ts';
import type { LocalEnvironment, ResolvedResource } from './model.ts';
import type { State } from './state.ts';
import { openCheckpoints } from './streams/checkpoints.ts';
import { invokeBatch } from './streams/invoke-batch.ts';
import { type Lane, type LaneStep, startLane } from './streams/lane.ts';
import { missingPermissions } from './streams/permissions.ts';
import { createProgress } from './streams/progress.ts';
import { type Mapping, readMappings } from './streams/read-mappings.ts';

export interface StreamsOptions {
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  readonly state: State;
  /** `AWS::Lambda::EventSourceMapping` and `AWS::Lambda::Function` are read, other types passed over. */
  readonly resources: readonly ResolvedResource[];
  /** The streams of the template's tables. */
  readonly stream: (arn: string) => ChangeStream | undefined;
  readonly iam: Pick<Iam, 'credentialsOf' | 'principalOf' | 'isAllowed'>;
  readonly invoker: FunctionInvoker;
  readonly log: (line: string) => void;
  /** Called at each step of each batch; for tests that end the process there. */
  readonly onStep?: (step: LaneStep, mapping: string) => void;
}

export interface Streams {
  /**
   * Resolves when every mapping has handed over every record, those included that functions caused meanwhile.
   * @throws Error that says which mapping is behind, and why, when that took longer than the time given (10 s)
   */
  whenIdle(withinMilliseconds?: number): Promise<void>;
  /** Waits for the batches under way; nothing more is handed over. */
  close(): Promise<void>;
}

/** How long one step of a move of the clock waits for functions. */
const stepMilliseconds = 5_000;

/**
 * Runs the template's event source mappings: each commit of a table with a stream wakes them. Delivery is at least
 * once, in order for each key. A step of a move of the clock is over when every mapping has caught up or waits for
 * another attempt, which the step brings forward.
 * @throws Error that names type, logical id and property of what is not supported
 */
export function startStreams(options: StreamsOptions): Streams {
  const { environment, clock, state, iam, invoker, stream, log, onStep = () => {} } = options;
  const mappings = readMappings(options.resources, environment, (arn) => stream(arn) !== undefined);
  const checkpoints = openCheckpoints(state, mappings);
  const lanes: Lane[] = [];
  const progress = createProgress(lanes);
  const nameOf = new Map<Lane, string>();

  function start(mapping: Mapping): void {
    const { logicalId, streamArn } = mapping;
    const source = stream(streamArn);
    const reason = whyNot(mapping, iam);
    if (reason !== undefined || source === undefined) {
      log(`${logicalId}: does not start: ${reason}`);
      return;
    }
    const positions = checkpoints.open(mapping, source);
    for (let lane = 0; lane < mapping.lanes; lane++) {
      const position = {
        get: () => positions.get(lane),
        put: (sequence: number) => positions.put(lane, sequence),
      };
      source.retain(position.get);
      const started = startLane({
        mapping,
        lane,
        stream: source,
        clock,
        position,
        invoke: (records) => invokeBatch(invoker, mapping, records),
        onChange: progress.changed,
        onStep: (step) => onStep(step, logicalId),
        log: (line) => log(`${logicalId}: ${line}`),
      });
      lanes.push(started);
      nameOf.set(started, logicalId);
    }
  }

  for (const mapping of mappings) start(mapping);
  clock.onMove(async () => {
    for (const lane of lanes) lane.hurry();
    await progress.until((lane) => lane.isCaughtUp() || lane.blockedBy() !== undefined, stepMilliseconds);
  });

  return {
    async whenIdle(withinMilliseconds = 10_000) {
      if (await progress.until((lane) => lane.isCaughtUp(), withinMilliseconds)) return;
      const behind = lanes.filter((lane) => !lane.isCaughtUp());
      const reasons = behind.map((lane) => `${nameOf.get(lane)} (${lane.blockedBy() ?? 'under way'})`);
      throw new Error(`Streams are not idle after ${withinMilliseconds} ms: ${reasons.join(', ')}`);
    },
    async close() {
      const closing = lanes.map((lane) => lane.close());
      progress.stop();
      await Promise.all(closing);
    },
  };
}

function whyNot(mapping: Mapping, iam: StreamsOptions['iam']): string | undefined {
  if (!mapping.enabled) return 'it is disabled';
  const missing = missingPermissions(iam, mapping);
  return missing.length === 0 ? undefined : `${mapping.roleArn} lacks ${missing.join(', ')}`;
}
