import Stripe from 'stripe';

/** A message that was sent before is refused after this time, be it genuine. */
const toleranceSeconds = 300;

/**
 * The event of a message that Stripe signed, with the body as it came, not long ago.
 * @returns undefined for a message that anybody may have sent
 */
export async function signedEvent(
  body: Uint8Array,
  signature: string | undefined,
  secret: string,
): Promise<unknown> {
  if (signature === undefined) return undefined;
  try {
    return await Stripe.webhooks.constructEventAsync(body, signature, secret, toleranceSeconds);
  } catch {
    // It says why at length, with a part of the body.
    return undefined;
  }
}
