/**
 * Who acted. An admin's `id` is what the invocation claimed as `requestedBy`; its request id is what CloudTrail attests. An
 * owner's is the account's `subscriptionId`, which names nobody once the account is deleted, or `link` for whoever held one.
 */
export interface Actor {
  readonly kind: 'admin' | 'owner' | 'system';
  readonly id: string;
}

/** Who acts, when, and under which request id. */
export interface Act {
  readonly actor: Actor;
  readonly requestId: string;
  readonly now: Date;
}

/** What can happen to an item, by the names that the record tells. Who derives something from a change must not miss one. */
export const changeActions = [
  'generate-key',
  'rotate-key',
  'revoke-key',
  'suspend-key',
  'resume-key',
  'change-tier',
  'create-subscription',
  'plan-usage-key',
  'update-subscription',
  'rotate-pepper',
  'notice-rotation',
  'remind-owner',
  'retire-secret',
  'redeliver',
  'expire-handover',
  'reschedule',
  'send-key',
  'send-mail',
  'defer-mail',
  'fail-delivery',
  'mail-delivered',
  'mail-bounced',
  'complaint',
  'open-claim',
  'renew-claim',
  'remail-claim',
  'dispute-claim',
  'open-account',
  'join-account',
  'store-secret',
  'delete-account',
  'erase-account',
  'choose-tier',
  'tie-customer',
  'begin-checkout',
  'payment-changed',
  'payment-failed',
  'remind-payment',
  'payment-recovered',
  'payment-reversed',
  'payment-restored',
  'request-tier',
  'change-request',
  'withdraw-request',
  'approve-request',
  'decline-request',
  'open-alert',
  'update-alert',
  'close-alert',
  'answer-alert',
  'acknowledge-alert',
] as const;

export type ChangeAction = (typeof changeActions)[number];

/** The last change of an item, stored with it and read by the stream's consumers. */
export interface Change {
  /** A `ChangeAction`, unless somebody wrote past the product. */
  readonly action: string;
  readonly actor: Actor;
  readonly requestId: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly reason?: string;
}

export function changeOf(action: ChangeAction, act: Act, reason?: string): Change {
  return {
    action,
    actor: act.actor,
    requestId: act.requestId,
    at: act.now.toISOString(),
    ...(reason === undefined ? {} : { reason }),
  };
}
