import {
  AdminDeleteUserCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refresh, signIn, signUp } from '../../stack/sign-in.ts';
import { startTestStack, type TestStack } from '../../stack/test-stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

test('a whole stack signs people up under the product’s name, on its own clock', async () => {
  const before = await signUp(stack, 'ada@example.com');
  expect(decodeJwt(before.idToken).iss).toBe(stack.issuerUrl);
  const moved = await fetch(`${stack.apiUrl}/_local/clock`, { method: 'POST', body: '{"advance":"PT1H"}' });
  expect(moved.status).toBe(200);
  const after = await refresh(stack, before);
  const hour = (decodeJwt(after.idToken).iat ?? 0) - (decodeJwt(before.idToken).iat ?? 0);
  expect(hour).toBeGreaterThanOrEqual(3600);
  const { emails } = (await (await fetch(`${stack.inboxUrl}/store`)).json()) as { emails: object[] };
  expect(emails).toContainEqual(
    expect.objectContaining({
      from: '"AI Decision Engine" <no-reply@aiweedcompany.com>',
      subject: 'Your code for AI Decision Engine',
    }),
  );
});

test('a user whom Cognito’s API deletes is gone', async () => {
  const tokens = await signUp(stack, 'grace@example.com');
  const cognito = new CognitoIdentityProviderClient({
    endpoint: stack.awsEndpoint,
    region: stack.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const [pool] = stack.template.byType('AWS::Cognito::UserPool');
  await cognito.send(new AdminDeleteUserCommand({ UserPoolId: pool?.ref, Username: tokens.sub }));
  cognito.destroy();
  await expect(refresh(stack, tokens)).rejects.toThrow('invalid_grant');
  await expect(signIn(stack, 'grace@example.com')).rejects.toThrow('E-mail or password is wrong');
});
