import * as z from 'zod/mini';

const reference = z.optional(z.nullable(z.union([z.string(), z.object({ id: z.string() })])));

/** What is looked at of an event: which it is, and whose. What it tells, Stripe is asked anew. */
const event = z.object({
  id: z.string().check(z.minLength(1)),
  type: z.string(),
  data: z.object({
    object: z.object({ id: z.optional(z.string()), customer: reference, charge: reference }),
  }),
});

export interface PaymentEvent {
  readonly id: string;
  /** Whose payments it is about; of some events, Stripe only tells the charge. */
  readonly about: { readonly customerId: string } | { readonly chargeId: string };
}

/** What anything may follow from. Others are taken and forgotten. */
const types =
  /^(checkout\.session|customer\.subscription|charge\.dispute|refund)\.|^invoice\.(paid|payment_failed|payment_action_required|voided|marked_uncollectible)$|^charge\.refunded$|^customer\.deleted$/;

/** @returns undefined for an event that nothing can follow from */
export function readPaymentEvent(json: unknown): PaymentEvent | undefined {
  const parsed = event.safeParse(json);
  if (!parsed.success || !types.test(parsed.data.type)) return undefined;
  const { id, type, data } = parsed.data;
  const { object } = data;
  const customerId = type === 'customer.deleted' ? object.id : idOf(object.customer);
  if (customerId !== undefined) return { id, about: { customerId } };
  const chargeId = idOf(object.charge);
  return chargeId === undefined ? undefined : { id, about: { chargeId } };
}

function idOf(value: z.infer<typeof reference>): string | undefined {
  return typeof value === 'string' ? value : value?.id;
}
