import Stripe from 'stripe';

/** Stripe's own client. @param apiUrl `https://api.stripe.com` */
export function createStripe(apiKey: string, apiUrl: string): Stripe {
  const { hostname, port, protocol } = new URL(apiUrl);
  return new Stripe(apiKey, {
    host: hostname,
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    protocol: protocol === 'https:' ? 'https' : 'http',
    // A request of the API waits for several calls, and has 29 seconds.
    maxNetworkRetries: 1,
    timeout: 8_000,
    telemetry: false,
  });
}
