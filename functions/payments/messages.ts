import * as z from 'zod';
import { cursor, pageSize, requestedBy, subscriptionId, text } from '../runtime/fields.ts';

/** The payloads of the management functions about requests for a tier. Unknown fields are refused. */

const isPosition = (position: unknown): position is string => subscriptionId.safeParse(position).success;

export const listRequestsRequest = z.strictObject({
  limit: pageSize(100, 25),
  /** Id of the last subscription of the page before. */
  cursor: cursor(isPosition),
});

/** Other reasons are for the record; that of an answer is in the mail to whoever asked. */
const toldReason = text('the reason, which the owner is told', 500);

export const approveRequestRequest = z.strictObject({
  subscriptionId,
  reason: toldReason.optional(),
  requestedBy,
});

export const declineRequestRequest = z.strictObject({ subscriptionId, reason: toldReason, requestedBy });
