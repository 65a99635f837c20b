import { apiFunction, json, problem } from '../../runtime/api-function.ts';
import { productEnvironment } from '../../runtime/contract.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { metricNames } from '../../runtime/metric-names.ts';
import { headerOf } from '../../runtime/rules/header.ts';
import { count, describeError, logger } from '../../runtime/telemetry.ts';
import { composePayments, composeWebhookSecret } from '../compose.ts';
import { signedEvent } from '../gateways/webhook-signature.ts';
import { receiveEvent } from '../receive-event.ts';
import { readPaymentEvent } from '../rules/payment-event.ts';

const environment = parseEnvironment(productEnvironment);
const webhookSecret = composeWebhookSecret();
const dependencies = composePayments();

/** The largest event of Stripe's has a tenth of it. */
const maximumBody = 512 * 1024;

/** `POST /webhooks/stripe`: what is signed by Stripe is dealt with; whatever else could be dealt with later is a 503. */
export const handler = apiFunction(environment, async (event) => {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.length > maximumBody) {
    const detail = `A message has at most ${maximumBody / 1024} KB.`;
    return problem('request-too-large', event, environment, { detail });
  }
  const signature = headerOf(event.headers, 'Stripe-Signature');
  const secret = await webhookSecret();
  if (secret === undefined) {
    countRefusal(signature);
    return problem('payment-unavailable', event, environment);
  }
  const signed = await signedEvent(body, signature, secret);
  if (signed === undefined) {
    logger.warn('refused', { errorName: 'signature-not-valid' });
    countRefusal(signature);
    return problem('signature-not-valid', event, environment);
  }
  const received = readPaymentEvent(signed);
  if (received === undefined) return json(200, { received: true });
  const { requestId } = event.requestContext;
  const act = { actor: { kind: 'system', id: 'stripe' } as const, requestId, now: new Date() };
  try {
    const reception = await receiveEvent(received, act, dependencies);
    logger.info('done', { eventId: received.id, reception });
    return json(200, { received: true });
  } catch (error) {
    logger.error('an event could not be dealt with', { eventId: received.id, ...describeError(error) });
    count(metricNames.paymentEventsFailed);
    return problem('service-unavailable', event, environment);
  }
});

/** Whoever signs may be Stripe, and the secret here a wrong one. Whoever does not is somebody who has lost the way. */
function countRefusal(signature: string | undefined): void {
  if (signature !== undefined && signature !== '') count(metricNames.paymentEventsRefused);
}
