import { day, hour } from './numbers.ts';

/** A part of a sight that lies within one hour of the day, or, where a sight is very long, within a few. */
export interface Piece {
  readonly at: number;
  readonly hours: number;
}

/** Longer times go in steps of five hours: in five days these come by every hour of the day... */
const finest = 14 * 24;
/** ...and only their last days count: of what was before, little would be remembered. */
const longest = 60 * day;

/** The pieces of [from, to), split at full hours: at most about 340, however long the time is. */
export function piecesOf(from: number, to: number): Piece[] {
  const step = to - from > finest * hour ? 5 * hour : hour;
  const pieces: Piece[] = [];
  let at = Math.max(from, to - longest);
  while (at < to) {
    const end = Math.min(to, (Math.floor(at / step) + 1) * step);
    pieces.push({ at, hours: (end - at) / hour });
    at = end;
  }
  return pieces;
}
