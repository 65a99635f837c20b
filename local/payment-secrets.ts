import { createHash } from 'node:crypto';
import type { StripeSecrets } from './stripe/secrets.ts';
import type { ResolvedTemplate } from './template/resolve.ts';

/** Where functions reach Stripe. */
export const stripeAddress = 'https://api.stripe.com';

/** The variables in which functions are told where Stripe's secrets lie, and what belongs there. */
const places = {
  STRIPE_API_KEY_SECRET_ARN: 'secretKey',
  STRIPE_WEBHOOK_SECRET_ARN: 'webhookSecret',
} as const;

/** Whether a function of the template talks to Stripe. */
export function reachesStripe(template: ResolvedTemplate): boolean {
  return variablesOf(template).some(([, value]) => value.includes(stripeAddress));
}

/**
 * Puts the stand-in's secrets where the stack looks for Stripe's, as an operator does: `PutSecretValue` through the AWS
 * endpoint. The same secrets again change nothing.
 * @throws Error where Secrets Manager refuses
 */
export async function setPaymentSecrets(options: {
  readonly template: ResolvedTemplate;
  readonly awsEndpoint: string;
  readonly region: string;
  readonly secrets: StripeSecrets;
}): Promise<void> {
  const { template, awsEndpoint, region, secrets } = options;
  const variables = new Map(variablesOf(template));
  for (const [variable, name] of Object.entries(places)) {
    const arn = variables.get(variable);
    if (arn === undefined) continue;
    const value = secrets[name];
    const response = await fetch(awsEndpoint, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=operator/20270101/${region}/secretsmanager/aws4_request`,
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'secretsmanager.PutSecretValue',
      },
      body: JSON.stringify({
        SecretId: arn,
        SecretString: value,
        // The same value is the same request.
        ClientRequestToken: createHash('sha256').update(value).digest('hex'),
      }),
    });
    if (response.ok) continue;
    throw new Error(`Secrets Manager did not take a secret for ${arn}: ${await response.text()}`);
  }
}

function variablesOf(template: ResolvedTemplate): [name: string, value: string][] {
  return template.byType('AWS::Lambda::Function').flatMap(({ properties }) => {
    const { Variables = {} } = (properties['Environment'] ?? {}) as { Variables?: Record<string, unknown> };
    return Object.entries(Variables).map(([name, value]): [string, string] => [name, String(value)]);
  });
}
