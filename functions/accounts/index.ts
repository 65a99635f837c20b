/** What other subsystems may use of accounts: the messages of tiers. */
export type { portal, tierChange } from './answers.ts';
export { chooseTierBody } from './messages.ts';
