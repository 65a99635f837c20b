import * as z from 'zod';
import { cursor, pageSize, requestedBy, subscriptionId, text } from '../runtime/fields.ts';
import { alertKinds, isAlertId, noAlertId, platform, severities } from './rules/index.ts';

/** The payloads of the management functions about alerts. Unknown fields are refused. */

const oneOf = <T extends string>(values: readonly T[]) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

const alertId = z.string({ error: noAlertId }).refine(isAlertId, { error: noAlertId });
const isPosition = (position: unknown): position is string => alertId.safeParse(position).success;

export const listAlertsRequest = z
  .strictObject({
    status: oneOf(['open', 'all']).default('open'),
    subscriptionId: z
      .union([z.literal(platform), subscriptionId], {
        error: 'must be a subscription id: sub_ and 20 letters and digits, or platform',
      })
      .optional(),
    kind: oneOf(alertKinds).optional(),
    severity: oneOf(severities).optional(),
    limit: pageSize(100, 25),
    /** Id of the last alert that the page before looked at. */
    cursor: cursor(isPosition),
  })
  .refine(({ status, subscriptionId: of }) => status === 'open' || of !== undefined, {
    path: ['status'],
    error: 'all is told of one subscription only: name it in subscriptionId',
  });

export const acknowledgeAlertRequest = z.strictObject({
  alertId,
  note: text('a note for the record', 500).optional(),
  requestedBy,
});
