import type { ChangeStream } from '../dynamodb/stream-log.ts';
import type { State } from '../state.ts';
import type { Mapping } from './read-mappings.ts';

/** How far each mapping has come; kept across restarts, and after `kill -9`. */
export interface Checkpoints {
  /** The positions of a mapping's lanes, where it stopped or where its `StartingPosition` says. */
  open(mapping: Mapping, stream: ChangeStream): LanePositions;
}

export interface LanePositions {
  get(lane: number): number;
  put(lane: number, position: number): void;
}

interface Kept {
  readonly streamArn: string;
  readonly startingPosition: string;
  readonly positions: readonly number[];
}

/** @param mappings all of the template: what is kept of others is forgotten, as AWS forgets a deleted mapping */
export function openCheckpoints(state: State, mappings: readonly Mapping[]): Checkpoints {
  const kept = state.map<Kept>('event-source-mappings');
  const known = new Map(mappings.map((mapping) => [mapping.logicalId, mapping]));
  for (const [id, { streamArn, startingPosition }] of kept.entries()) {
    const mapping = known.get(id);
    // Another stream or starting position replaces the mapping by a new one.
    if (mapping?.streamArn !== streamArn || mapping.startingPosition !== startingPosition) kept.delete(id);
  }
  return {
    open({ logicalId, streamArn, startingPosition, lanes }, stream) {
      const positions = resume(kept.get(logicalId)?.positions ?? [], lanes, () =>
        startingPosition === 'LATEST' ? stream.last() : 0,
      )
        // A sequence whose write failed was passed but is given out again after a restart.
        .map((position) => Math.min(position, stream.last()));
      const save = () => kept.put(logicalId, { streamArn, startingPosition, positions });
      save(); // what LATEST means is settled now
      return {
        get: (lane) => positions[lane] ?? 0,
        put(lane, position) {
          positions[lane] = position;
          save();
        },
      };
    },
  };
}

/** Keys move between lanes when their number changes, so that all go on from where the slowest was. */
function resume(before: readonly number[], lanes: number, begin: () => number): number[] {
  if (before.length === lanes) return [...before];
  const position = before.length === 0 ? begin() : Math.min(...before);
  return Array.from({ length: lanes }, () => position);
}
