import * as z from 'zod';
import { email, exactlyOneOf, subscriptionId } from '../runtime/fields.ts';

/** The payloads of the management functions about subscriptions. Unknown fields are refused. */

export const getSubscriptionRequest = z
  .strictObject({ subscriptionId: subscriptionId.optional(), email: email.optional() })
  .refine(...exactlyOneOf('subscriptionId', 'email'));
