import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { callAs, newSubscriber } from './account-support.ts';
import { openAlert } from './alerts-support.ts';
import { deliveryOf } from './delivery-support.ts';
import { goodPassword, refresh, signIn } from './sign-in.ts';
import type { TestStack } from './test-stack.ts';

/** What came to light while people signed in, made keys, paid and left. */
export interface RevealedByAccounts {
  readonly apiKeys: string[];
  /** Tokens with each of their parts, passwords, what Stripe is called and checked with, addresses of pay pages. */
  readonly others: string[];
}

/** Every account route, used well and ill, payments, and tokens where none belongs. */
export async function runAccounts(stack: TestStack): Promise<RevealedByAccounts> {
  const apiKeys: string[] = [];
  const others: string[] = [goodPassword];
  const email = 'account-logs@example.com';
  const person = await newSubscriber(stack, email);
  const note = ({ idToken, accessToken, refreshToken }: typeof person.tokens) => {
    const parts = [idToken, accessToken, refreshToken].flatMap((token) => [
      token,
      ...token.split('.').slice(1),
    ]);
    others.push(...parts.filter((part) => part.length >= 20));
  };
  note(person.tokens);
  note(await refresh(stack, person.tokens));
  note(await signIn(stack, email));
  const { idToken } = person.tokens;

  await person.call('GET', '/account');
  const once = { 'Idempotency-Key': randomUUID() };
  const made = await person.call('POST', '/account/keys', { name: 'for its logs' }, once);
  expect(await person.call('POST', '/account/keys', { name: 'for its logs' }, once)).toMatchObject({
    body: { apiKey: made.body.apiKey },
  });
  apiKeys.push(made.body.apiKey);
  const { keyId } = made.body;
  const rotated = await person.call('POST', `/account/keys/${keyId}/rotate`);
  apiKeys.push(rotated.body.apiKey);
  await deliveryOf(stack).settle();
  const claimed = await person.call('POST', `/account/keys/${keyId}/claim`);
  expect(claimed.body.apiKey).toBe(rotated.body.apiKey);
  const { version } = claimed.body;
  expect((await person.call('POST', `/account/keys/${keyId}/stored`, { version })).status).toBe(200);
  for (const path of ['/account/keys', `/account/keys/${keyId}`, '/account/usage', '/account/audit']) {
    expect((await person.call('GET', path)).status).toBe(200);
  }
  expect((await person.call('GET', '/account/export')).status).toBe(200);

  const { alertId } = await openAlert(stack, { subscriptionId: made.body.subscriptionId, keyId });
  // Whoever has answered is not mailed any more, and nothing is logged of that.
  await deliveryOf(stack).settle();
  const answerPath = `/account/alerts/${alertId}/answer`;
  for (let n = 1; n <= 2; n++) {
    const answered = await person.call('POST', answerPath, { answer: 'rotate' });
    expect(answered.status).toBe(200);
    apiKeys.push(answered.body.key.apiKey);
  }
  for (const suspended of [true, false]) {
    expect((await person.call('PUT', `/account/keys/${keyId}/suspension`, { suspended })).status).toBe(200);
  }
  expect((await person.call('GET', '/account/alerts?status=all')).status).toBe(200);
  expect((await person.call('GET', `/account/alerts/${alertId}`)).status).toBe(200);

  expect((await person.call('PUT', '/account/settings', { name: 'Ada' })).status).toBe(200);

  // Secrets where none belongs.
  for (const secret of [idToken, made.body.apiKey]) {
    await person.call('POST', '/account/keys', { name: secret, [secret]: secret });
    await person.call('PUT', '/account/settings', { name: secret, openPgpKey: secret });
    await person.call('PUT', '/account/tier', { tier: secret, note: secret });
    await person.call('GET', `/account/usage?period=${secret}&${secret}=1`);
    await person.call('GET', `/account/keys/${secret}`);
    await person.call('GET', `/account/alerts?cursor=${secret}`);
    await person.call('POST', answerPath, { answer: secret }, { 'Idempotency-Key': secret.slice(0, 120) });
    await person.call('POST', `/account/alerts/${secret}/answer`, { answer: 'expected' });
    await person.call('PUT', `/account/keys/${keyId}/suspension`, { suspended: secret });
    await person.call('POST', `/account/keys/${secret}/stored`, { version: secret });
    await person.call('POST', '/account/keys', `"${secret}`, { 'Idempotency-Key': secret.slice(0, 120) });
    await stack.request('GET', `/account?token=${secret}`, { Cookie: secret, 'X-API-Key': secret });
    await stack.request('POST', '/webhooks/stripe', { 'Stripe-Signature': secret }, secret);
  }
  for (const wrong of [idToken.slice(0, -2), `${idToken}x`, idToken.slice(1), made.body.apiKey]) {
    expect((await callAs(stack, wrong, 'GET', '/account')).status).toBe(401);
  }

  // Payment, and what comes of it.
  const chosen = await person.call('PUT', '/account/tier', { tier: 'pro' });
  expect(chosen.body.outcome).toBe('payment-required');
  others.push(chosen.body.checkout.url);
  const portal = await person.call('POST', '/account/portal');
  if (portal.status === 200) others.push(portal.body.url);
  const other = await newSubscriber(stack, 'declined-logs@example.com');
  note(other.tokens);
  const { body: declined } = await other.call('GET', '/account');
  const answers = { 'decline-request': declined.subscriptionId, 'approve-request': made.body.subscriptionId };
  const request = { tier: 'enterprise', note: 'for its logs' };
  for (const asking of [person, other]) await asking.call('PUT', '/account/tier', request);
  await stack.manage('list-requests', {});
  for (const [act, subscriptionId] of Object.entries(answers)) {
    await stack.manage(act, { subscriptionId, reason: 'for its logs', requestedBy: 'an admin' });
  }
  const sweeps = ['settle-payments', 'check-payments', 'erase-accounts', 'detect-anomalies'];
  for (const sweep of sweeps) await stack.manage(sweep, {});
  await stack.manage('list-alerts', {});
  await stack.manage('acknowledge-alert', { alertId, note: 'for its logs', requestedBy: 'an admin' });
  const { secretKey = '', webhookSecret = '' } = stack.stripe ?? {};
  others.push(secretKey, webhookSecret);

  await person.call('DELETE', `/account/keys/${keyId}`);
  expect((await person.call('DELETE', '/account')).status).toBe(200);
  await deliveryOf(stack).settle();
  return { apiKeys, others };
}
