/** Who acted. An admin's `id` is what the invocation claimed as `requestedBy`; its request id is what CloudTrail attests. */
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

/** The last change of an item, stored with it and read by the stream's consumers. */
export interface Change {
  readonly action: string;
  readonly actor: Actor;
  readonly requestId: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly reason?: string;
}

export function changeOf(action: string, act: Act, reason?: string): Change {
  return {
    action,
    actor: act.actor,
    requestId: act.requestId,
    at: act.now.toISOString(),
    ...(reason === undefined ? {} : { reason }),
  };
}
