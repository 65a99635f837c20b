import type { DecidingRow } from './decision.ts';
import { appliesTo, type PolicyRow } from './policy-row.ts';
import { type Category, MAX_AMOUNT } from './vocabulary.ts';

/** The amounts that one row decides for one category: above the band before it, up to and including `upTo`. */
export interface Band {
  readonly row: DecidingRow;
  /** `Infinity` for a row without `up_to`. */
  readonly upTo: number;
  /** Where the risk level around this band begins: neighbouring bands of one level share one scale of scores. */
  readonly levelFrom: number;
  /** Where it ends; `Infinity` where it does not. */
  readonly levelTo: number;
}

/** A decision table that was found valid; `parsePolicy` makes it. */
export interface Policy {
  /** First 12 hex digits of the SHA-256 of its content. */
  readonly version: string;
  readonly rows: readonly PolicyRow[];
  readonly bands: Readonly<Record<Category, readonly Band[]>>;
}

/**
 * The table as one category sees it, by rising amounts. A row whose amounts earlier rows already decide is not in it;
 * nor is one that begins where the amounts that the API takes end. A gap in `rows` stands for a row that is not valid.
 */
export function bandsOf(rows: readonly (PolicyRow | undefined)[], category: Category): readonly Band[] {
  const bands: { row: DecidingRow; from: number; upTo: number }[] = [];
  let from = 0;
  rows.forEach((row, index) => {
    const upTo = row?.up_to ?? Number.POSITIVE_INFINITY;
    if (row === undefined || !appliesTo(row, category) || upTo <= from || from >= MAX_AMOUNT) return;
    bands.push({ row: { row: index + 1, ...row }, from, upTo });
    from = upTo;
  });
  return bands.map(({ row, upTo }, index) => {
    const sameLevel = (at: number) => bands[at]?.row.risk_level === row.risk_level;
    let first = index;
    let last = index;
    while (sameLevel(first - 1)) first--;
    while (sameLevel(last + 1)) last++;
    return { row, upTo, levelFrom: bands[first]?.from ?? 0, levelTo: bands[last]?.upTo ?? upTo };
  });
}
