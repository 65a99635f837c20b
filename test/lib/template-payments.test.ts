import { afterAll, describe, expect, test } from 'vitest';
import {
  allVariants,
  at,
  environmentOf,
  functionsOf,
  identityPoliciesOf,
  removeAssemblies,
  synthesize,
  template,
} from './support.ts';

afterAll(removeAssemblies);

const names = (filter: (environment: Readonly<Record<string, string>>) => boolean) =>
  [...functionsOf(template('prod'))]
    .flatMap(([name, fn]) => (filter(environmentOf(fn)) ? [name] : []))
    .sort();

describe.each(allVariants)('payments in %s', (variant) => {
  const { one, ofType } = template(variant);

  test.each(['PaymentsStripeApiKey', 'PaymentsStripeWebhookSecret'])(
    '%s begins as what nobody takes for one of Stripe’s, under the key of all data',
    (name) => {
      const { properties } = one('AWS::SecretsManager::Secret', name);
      expect(properties['GenerateSecretString']).toEqual({
        PasswordLength: 32,
        // So without `_`, which all that Stripe gives has.
        ExcludePunctuation: true,
        IncludeSpace: false,
      });
      expect(properties['KmsKeyId']).toBe('EncryptionDataKey');
      expect(properties['SecretString']).toBeUndefined();
    },
  );

  test.each([
    [
      'PaymentsStripeApiKey',
      [
        'AccountsDeleteAccountRole',
        'AccountsEraseAccountsRole',
        'PaymentsApproveRequestRole',
        'PaymentsCheckPaymentsRole',
        'PaymentsChooseTierRole',
        'PaymentsOpenPortalRole',
        'PaymentsReceivePaymentEventRole',
        'PaymentsSettlePaymentsRole',
      ],
    ],
    [
      'PaymentsStripeWebhookSecret',
      [
        'PaymentsCheckPaymentsRole',
        'PaymentsChooseTierRole',
        'PaymentsOpenPortalRole',
        'PaymentsReceivePaymentEventRole',
      ],
    ],
  ])('%s is read by who needs it, and written by nobody', (secret, roles) => {
    const granted = identityPoliciesOf({ ofType }).flatMap((policy) =>
      policy.statements
        .filter(({ resources }) => resources.includes(secret))
        .map(({ actions }) => [policy.roles.join(), actions]),
    );
    expect(granted.sort()).toEqual(roles.map((role) => [role, ['secretsmanager:GetSecretValue']]));
  });
});

test('Stripe is Stripe: every function that asks it is told its address and where its key lies', () => {
  const asking = names((environment) => 'STRIPE_API_KEY_SECRET_ARN' in environment);
  expect(asking).toContain('receive-payment-event');
  expect(names(({ STRIPE_API_URL }) => STRIPE_API_URL === 'https://api.stripe.com')).toEqual(asking);
  expect(names((environment) => 'STRIPE_API_URL' in environment)).toEqual(asking);
});

test('people come back from Stripe to the dashboard of the stage, and buy what the stage is called', () => {
  const overrides = { product: { name: 'Weather API' }, dashboard: { url: 'https://weather.example.com' } };
  const functions = functionsOf(synthesize('prod', overrides));
  for (const name of ['choose-tier', 'open-portal']) {
    const fn = functions.get(name);
    expect(at(fn?.properties, 'Environment', 'Variables', 'DASHBOARD_ORIGIN')).toBe(
      'https://weather.example.com',
    );
  }
  const choose = functions.get('choose-tier');
  expect(at(choose?.properties, 'Environment', 'Variables', 'PRODUCT_NAME')).toBe('Weather API');
});

test('whoever waits at API Gateway is answered before it gives up', () => {
  const functions = functionsOf(template('prod'));
  for (const name of ['choose-tier', 'open-portal', 'receive-payment-event']) {
    expect(Number(functions.get(name)?.properties['Timeout'])).toBeLessThanOrEqual(29);
  }
});

test('keys of Stripe’s test mode are refused in prod, unless the configuration says otherwise', () => {
  const modes = (functions: ReturnType<typeof functionsOf>) => [
    ...new Set([...functions.values()].map((fn) => environmentOf(fn)['STRIPE_TEST_MODE']).filter(Boolean)),
  ];
  expect(modes(functionsOf(template('prod')))).toEqual(['refused']);
  expect(modes(functionsOf(template('dev')))).toEqual(['allowed']);
  expect(modes(functionsOf(synthesize('prod', { payments: { testMode: true } })))).toEqual(['allowed']);
});
