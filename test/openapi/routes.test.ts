import { afterAll, describe, expect, test } from 'vitest';
import { allVariants, methodsOf, removeAssemblies, template } from '../lib/support.ts';
import { operations } from './described.ts';

/** The description and the stack speak of the same routes. */

afterAll(removeAssemblies);

describe.each(allVariants)('the API of %s', (variant) => {
  const methods = [...methodsOf(template(variant))].filter(([route]) => !route.startsWith('OPTIONS '));

  test('has no route that is not described, and none is described that it does not have', () => {
    expect(operations.map(({ name }) => name).toSorted()).toEqual(methods.map(([route]) => route).toSorted());
  });

  test('protects each route as the description says', () => {
    const protection = methods.map(([route, properties]) => [
      route,
      String(properties['AuthorizerId'] ?? ''),
    ]);
    const described = operations.map(({ name, operation }) => [
      name,
      authorizers[Object.keys(operation.security[0] ?? {})[0] ?? ''],
    ]);
    expect(described.toSorted()).toEqual(protection.toSorted());
  });
});

/** By the security scheme. Stripe's signature is checked by the function itself. */
const authorizers: Readonly<Record<string, string>> = {
  '': '',
  apiKey: 'Authorizer',
  signIn: 'AccountsAuthorizer',
  stripeSignature: '',
};
