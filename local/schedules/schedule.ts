/** When something is due, over intervals that are open at their begin and closed at their end: `(after, upTo]`. */
export interface Schedule {
  /** The first due time in the interval, in milliseconds since the epoch. */
  first(after: number, upTo: number): number | undefined;
  /** The last due time in the interval, in milliseconds since the epoch. */
  last(after: number, upTo: number): number | undefined;
}
