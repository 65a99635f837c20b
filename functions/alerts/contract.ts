import * as z from 'zod/mini';
import { json } from '../runtime/contract.ts';
import type { ChangeAction } from '../runtime/rules/change.ts';

export { refusedMessage } from '../runtime/rules/refused-message.ts';

const name = z.string().check(z.minLength(1));

/** Reading or writing the Activity table: what was seen of each key, and what is usual for it. */
export const activityTableEnvironment = z.object({ ACTIVITY_TABLE: name });

/** Reading or writing the Alerts table. */
export const alertsTableEnvironment = z.object({ ALERTS_TABLE: name });

const suspensionPolicy = z.record(z.string(), z.enum(['warning', 'critical']));

/** From which severity on a key is suspended by itself, by tier; a tier that is absent: never. */
export type SuspensionPolicy = Readonly<z.infer<typeof suspensionPolicy>>;

export const suspensionPolicyEnvironment = z.object({ SUSPENSION_POLICY: json(suspensionPolicy) });

/** Sparse index of the Activity table by when to look: (dueShard, lookAt). */
export const byLookIndex = 'byLook';
/** Index of the Alerts table by subscription: (subscriptionId, alertId). */
export const alertsBySubscriptionIndex = 'bySubscription';
/** Sparse index of the Alerts table, open ones only: (openShard, alertId). */
export const byOpenIndex = 'byOpen';
/** The same by subscription: (openOf, alertId). */
export const byOpenOfIndex = 'byOpenOf';
/** Attribute of the Alerts table, of what is over: epoch seconds after which DynamoDB removes the item. */
export const alertsTtlAttribute = 'ttl';
/** Attribute of the Activity table: epoch seconds after which DynamoDB removes the item. */
export const activityTtlAttribute = 'ttl';

/** Partition keys in the Activity table of batches that were counted begin so. */
export const batchPrefix = 'batch#';

/** The routes that keys are used on, as the access log names them: what happens there is what alerts are about. */
export const watchedRoutes = ['/decisions/evaluate', '/usage'] as const;

/** Changes of an alert that somebody is told of: the stream hands over these. */
export const alertNewsActions = [
  'open-alert',
  'update-alert',
  'close-alert',
] as const satisfies readonly ChangeAction[];
