/** What the rules of other subsystems may use of keys' rules. */
export {
  claimWindow,
  handoverDelivered,
  handoverEnded,
  handoverFailed,
  handoverOpened,
  handoverQueued,
  handoverSent,
  handoverStored,
  isTaken,
  newHandover,
  retryAfter,
  withNewLink,
} from './handover.ts';
export { held, holdersOf, letGo, stoppedByOwner } from './holding.ts';
export { isKeyId, isPrefix, loggableForm } from './key-format.ts';
export type {
  Handover,
  HandoverOrigin,
  KeyItem,
  Outgoing,
  SuspensionCause,
  TimerAction,
} from './key-item.ts';
export { type KeyView, keyView, statusOf } from './key-view.ts';
export {
  changed,
  following,
  isLive,
  isSuspended,
  nextVersion,
  noticed,
  reminded,
  resumed,
  retired,
  revoked,
  rotated,
  suspended,
  suspensionsWithout,
  withoutVersion,
} from './lifecycle.ts';
export { deferred, dispatched, type Message, queued, redelivered } from './outbox.ts';
export type { RotationPolicy } from './rotation-policy.ts';
export { isPast, later } from './time.ts';
export { dueShards, nextTimer, type TimerPolicy, withTimer } from './timer.ts';
