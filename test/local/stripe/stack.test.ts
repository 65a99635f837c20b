import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../../stack/test-stack.ts';
import { clientOf } from './support.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ payments: true });
});
afterAll(() => stack.close());

/** Values of the variables with a name, over all functions. */
function variables(name: string): string[] {
  const found = stack.template.byType('AWS::Lambda::Function').flatMap(({ properties }) => {
    const { Variables } = properties['Environment'] as { Variables: Record<string, string> };
    return Variables[name] ?? [];
  });
  return [...new Set(found)];
}

test('the secrets of Stripe lie where the stack looks for them', async () => {
  const client = new SecretsManagerClient({
    endpoint: stack.awsEndpoint,
    region: stack.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const read = async (variable: string) => {
    const [SecretId] = variables(variable);
    return (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString;
  };
  const { secretKey, webhookSecret } = stack.stripe ?? {};
  expect(await read('STRIPE_API_KEY_SECRET_ARN')).toBe(secretKey);
  expect(await read('STRIPE_WEBHOOK_SECRET_ARN')).toBe(webhookSecret);
  client.destroy();
});

test('events go to the API of the stack, and neither log nor stack.json tells a secret', async () => {
  const { stripe } = stack;
  if (stripe === undefined) throw new Error('no stand-in');
  await clientOf(stripe.url, stripe.secretKey).customers.create({ email: 'a@example.com' });
  await stripe.whenIdle();
  const { data } = (await (await fetch(`${stripe.url}/_local/deliveries`)).json()) as {
    data: { attempts: { status?: number }[] }[];
  };
  expect(data[0]?.attempts[0]?.status).toBeGreaterThan(0);
  const told = `${readFileSync(join(stack.dataDir, 'stack.json'), 'utf8')}${await stack.logs()}`;
  for (const secret of [stripe.secretKey, stripe.webhookSecret]) expect(told).not.toContain(secret);
  expect(told).toContain(stripe.url);
});
