import { createHmac } from 'node:crypto';

/**
 * The header `Stripe-Signature` of a delivery, as https://docs.stripe.com/webhooks#verify-manually describes it.
 * @param timestamp of the attempt, in seconds
 * @param body the bytes that are sent, as text
 */
export function stripeSignature(secret: string, timestamp: number, body: string): string {
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return `t=${timestamp},v1=${digest}`;
}
