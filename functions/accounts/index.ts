/** What other subsystems may use of accounts: how functions behind `authorize-account` look, and their messages. */
export { accountFunction } from './account-function.ts';
export type { portal, tierChange } from './answers.ts';
export { chooseTierBody } from './messages.ts';
export { ownAccount } from './own.ts';
