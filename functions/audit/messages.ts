import * as z from 'zod';
import { isAlertId, noAlertId } from '../alerts/rules/index.ts';
import { cursor, exactlyOneOf, keyId, pageSize, subscriptionId } from '../runtime/fields.ts';
import { indexed } from './rules/audit-entry.ts';
import type { Position } from './stores/audit-store.ts';

/** The payloads of the management functions about the record. Unknown fields are refused. */

const subject = 'must be a key id, a subscription id, an alert id or platform';
export const verifyAuditRequest = z.strictObject({
  subject: z
    .string({ error: subject })
    .refine((text) => isAlertId(text) || /^([0-9A-Za-z]{12}|sub_[0-9A-Za-z]{20}|platform)$/.test(text), {
      error: subject,
    })
    .optional(),
});

const time = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-23T10:00:00Z' });
const utc = time.transform((text) => new Date(text).toISOString()).optional();

export const queryAuditRequest = z
  .strictObject({
    keyId: keyId.optional(),
    subscriptionId: subscriptionId.optional(),
    alertId: z.string({ error: noAlertId }).refine(isAlertId, { error: noAlertId }).optional(),
    day: z.iso.date({ error: 'must be a day such as 2026-11-23' }).optional(),
    from: utc,
    to: utc,
    limit: pageSize(100, 25),
    cursor: cursor(isPosition),
  })
  .refine(...exactlyOneOf('keyId', 'subscriptionId', 'alertId', 'day'));

/** The key of an entry, with that of the index by day where the list is of a day; each value as an entry has it. */
function isPosition(position: unknown): position is Position {
  if (typeof position !== 'object' || position === null) return false;
  const { subject: of, sequence, day, dayOrder, ...unknown } = position as Record<string, unknown>;
  if (typeof of !== 'string' || typeof sequence !== 'number' || !Number.isSafeInteger(sequence)) return false;
  if (Object.keys(unknown).length > 0) return false;
  if (day === undefined && dayOrder === undefined) return true;
  const at = String(dayOrder).split('#', 1)[0] ?? '';
  const index = indexed({ at, subject: of, sequence });
  return index.day === day && index.dayOrder === dayOrder;
}
