import type { Item } from './dynalite.ts';
import type { ItemReference } from './item-store.ts';

/** One item's change, as decided under its lock. Its stream record is made of nothing else. */
export interface Change extends ItemReference {
  readonly before: Item | undefined;
  /** undefined: deleted. */
  readonly after: Item | undefined;
  /** Deleted because its time to live was over, not by a caller. */
  readonly expired?: boolean;
}
