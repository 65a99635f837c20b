import { generateKey } from 'openpgp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf } from '../stack/delivery-support.ts';
import { day } from '../stack/management-support.ts';
import { paymentsOf, type TestPayments } from '../stack/payment-support.ts';
import { periodNow, setUsed } from '../stack/request-path-support.ts';
import { startTestStack, type TestStack } from '../stack/test-stack.ts';
import { useBrowser } from './browser.ts';
import { goTo, press, shows } from './dashboard-acts.ts';
import { faultsOf, useMonth } from './dashboard-looks-support.ts';
import { signInAs, strangerAt } from './dashboard-visit.ts';

/** States that few accounts are ever in, looked at as all others are (`dashboard-looks.test.ts`). */

const browser = useBrowser();
let stack: TestStack;
let payments: TestPayments;
beforeAll(async () => {
  stack = await startTestStack({ payments: true });
  payments = paymentsOf(stack);
});
afterAll(() => stack.close());

/** Somebody who has an account signs in, and is led to a page. */
async function signedInAt(email: string, path: string) {
  const { page } = await strangerAt(await browser(), stack, path);
  await press(page, 'Sign in or create an account');
  await signInAs(page, email);
  const faults: string[] = [];
  const see = async (name: string) => faults.push(...(await faultsOf(page, name)));
  return { page, faults, see };
}

test('an account that no mail reaches: its month used up, its key revoked, and then gone', async () => {
  const payer = await payments.newPayer(addressOf('bounce'));
  const { email, subscriptionId } = payer;
  await useMonth(stack, payer, undefined, 5);
  await setUsed(stack, subscriptionId, 100);
  await payments.settle();
  const { page, faults, see } = await signedInAt(email, '/usage');
  await page.getByText('Nothing is left of this month').waitFor();
  await page.getByRole('link', { name: 'See larger tiers' }).waitFor();
  await page.getByRole('link', { name: 'Production' }).waitFor();
  await see('usage-used-up');
  await goTo(page, 'Overview');
  await page.getByText('Mails do not reach you').waitFor();
  await page.getByText('This month’s requests are used up').waitFor();
  await see('overview-no-mail');

  await goTo(page, 'Settings');
  await page.getByText(`Mails to ${email} come back`).waitFor();
  const { publicKey } = await generateKey({ userIDs: [{ email }], format: 'armored' });
  await page.getByLabel('Your OpenPGP public key', { exact: true }).fill(publicKey);
  await page.getByText('Fingerprint', { exact: true }).waitFor();
  await press(page, 'Save the key');
  await page.getByText('New keys are mailed to you encrypted').waitFor();
  await see('settings-no-mail');

  await goTo(page, 'API keys');
  await page.getByRole('link', { name: 'Production' }).click();
  await press(page, 'Revoke');
  await page.getByLabel('Name of the key').fill('Production');
  await press(page, 'Revoke for good');
  await page.getByText('This key has ended for good').waitFor();
  await see('key-revoked');

  await goTo(page, 'Settings');
  await press(page, 'Delete the account…');
  await page.getByLabel('Type your address to confirm').fill(email);
  await press(page, 'Delete it for good');
  await shows(page, 'Your account is deleted');
  await see('goodbye');
  expect(faults).toEqual([]);
}, 120_000);

test('a payment taken back', async () => {
  const payer = await payments.begin('refunded@example.com');
  await payments.act('refund', { charge: await payments.chargeOf(payer) });
  await payments.settle();
  const { page, faults, see } = await signedInAt(payer.email, '/');
  await page.getByText('Your keys are stopped: a payment was taken back').waitFor();
  await page.getByText('RateLimit-Policy').waitFor();
  await see('overview-payment-back');
  await goTo(page, 'Plan');
  await page.getByText('Payment taken back').waitFor();
  await see('plan-payment-back');
  expect(faults).toEqual([]);
}, 120_000);

test('a quarter of a year later: a month of then, and a rotation that is due', async () => {
  const payer = await payments.newPayer('later@example.com');
  const { body } = await payer.call('POST', '/account/keys', { name: 'Staging' });
  for (const { keyId, version } of [{ keyId: payer.keyId, version: 1 }, body])
    await payer.call('POST', `/account/keys/${keyId}/stored`, { version });
  await useMonth(stack, payer, body.keyId, 5);
  const period = periodNow(stack);
  await stack.clock.moveTo(stack.clock.now() + 80 * day);
  const { page, faults, see } = await signedInAt(payer.email, `/usage?month=${period}`);
  await page.getByText('This month is over').waitFor();
  await page.getByRole('link', { name: 'Staging' }).waitFor();
  await see('usage-before');
  await goTo(page, 'Overview');
  await page.getByText('Production rotates soon').waitFor();
  await page.getByText('RateLimit-Policy').waitFor();
  await see('overview-rotation-due');
  expect(faults).toEqual([]);
}, 120_000);
