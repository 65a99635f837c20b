/** What other subsystems may use of delivery. */
export { type ClaimRefusal, openClaim } from './open-claim.ts';
export { updateSubscription } from './update-subscription.ts';
