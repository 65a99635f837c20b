import { apiKeyHeader } from '../runtime/http-headers.ts';

/** What the document says beside its routes. */

export interface DescribedProduct {
  readonly name: string;
  readonly company: string;
  readonly documentationUrl: string;
  readonly statusUrl: string;
  readonly supportAddress: string;
}

export const tags = [
  { name: 'Decisions', description: 'What the product is for. Needs an API key; every request counts.' },
  { name: 'Usage', description: 'What is left of the month, for whoever has an API key.' },
  { name: 'Account', description: 'Your account, as the dashboard sees it. Needs a sign-in.' },
  { name: 'API keys', description: 'The keys of your account. Needs a sign-in.' },
  { name: 'Alerts', description: 'What was unusual, and what to do about it. Needs a sign-in.' },
  { name: 'Payment', description: 'Tiers and what they cost.' },
  { name: 'Claims', description: 'How a key reaches its owner by a one-time link.' },
  { name: 'Service', description: 'About the API itself.' },
] as const;

/** @param issuer of the tokens that open accounts */
export function securitySchemes(issuer: string) {
  const discovery = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  return {
    apiKey: {
      type: 'apiKey',
      in: 'header',
      name: apiKeyHeader,
      description:
        'An API key of a subscription. Send it in exactly one header, over HTTPS, and never in an address.',
    },
    signIn: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: `The ID token of a sign-in to the dashboard (OpenID Connect, authorization code with PKCE), with a proven e-mail address. Where to sign in tells ${discovery}`,
    },
    stripeSignature: {
      type: 'apiKey',
      in: 'header',
      name: 'Stripe-Signature',
      description: 'Stripe’s signature of the whole body and of the time, no older than five minutes.',
    },
  } as const;
}

/** The document's introduction, in Markdown. */
export function apiText({ documentationUrl, statusUrl, supportAddress }: DescribedProduct): string {
  return `Requests and answers are JSON in UTF-8. Times are ISO 8601 in UTC, months are calendar months in UTC.

## Errors
Whatever is no success is \`application/problem+json\` (RFC 9457), whoever answers it. Branch on \`type\`, which is
stable; show \`title\` and \`detail\` to people. With \`invalid-request\`, \`errors\` lists every fault with its path.
An address or a method that the API does not have is a 404 of type \`not-found\`.

## Limits
The month's quota belongs to the whole subscription. Counted answers tell in \`RateLimit-Policy\` and \`RateLimit\` what is
left of it; whoever has used it up, or comes faster than the rate of the tier, gets a 429 with \`Retry-After\` in seconds.

## Repeating a request
A \`POST\` below \`/account\` takes an \`Idempotency-Key\` of your choice: whoever repeats the same request with the same key
within 10 minutes gets the answer that got lost, and nothing is made twice. \`GET\`, \`PUT\` and \`DELETE\` may be repeated anyway.

## Help
Every answer has an \`x-amzn-RequestId\`: tell it to [support](mailto:${supportAddress}). There is
[documentation](${documentationUrl}), and a [status page](${statusUrl}).
`;
}
