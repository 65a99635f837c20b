/** What the rules of other subsystems may use of keys' rules. */
export type { KeyItem } from './key-item.ts';
