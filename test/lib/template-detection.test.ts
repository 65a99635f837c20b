import { afterAll, describe, expect, test } from 'vitest';
import { compileFilterPattern } from '../../local/log-subscriptions/filter-pattern.ts';
import { accessLine, refusalLine } from '../alerts/log-samples.ts';
import { allVariants, removeAssemblies, template } from './support.ts';

afterAll(removeAssemblies);

const at = Date.parse('2026-11-27T12:34:56.000Z');
const keyId = 'abcdefghijkl';

describe.each(allVariants)('from the logs of %s', (variant) => {
  const { ofType, one } = template(variant);
  const filters = ofType('AWS::Logs::SubscriptionFilter');
  const filterOf = (logGroup: string) => {
    const found = filters.filter(({ properties }) => properties['LogGroupName'] === logGroup);
    expect(found).toHaveLength(1);
    return compileFilterPattern(String(found[0]?.properties['FilterPattern']));
  };

  test('lines reach one function, from two log groups and no other', () => {
    expect(
      filters.map(({ properties: { LogGroupName, DestinationArn, ...rest } }) => [
        LogGroupName,
        DestinationArn,
        Object.keys(rest),
      ]),
    ).toEqual([
      ['ApiAccessLog', 'DetectionAggregateTraffic', ['FilterPattern']],
      ['AuthorizerAuthorizeRequestLogs', 'DetectionAggregateTraffic', ['FilterPattern']],
    ]);
  });

  test('they are let in before CloudWatch tries whether they are', () => {
    for (const { dependsOn, properties } of filters) {
      const permissions = dependsOn.map((name) => one('AWS::Lambda::Permission', name).properties);
      expect(permissions).toEqual([
        {
          Action: 'lambda:InvokeFunction',
          FunctionName: 'DetectionAggregateTraffic',
          Principal: 'logs.amazonaws.com',
          SourceArn: properties['LogGroupName'],
          SourceAccount: '<AWS::AccountId>',
        },
      ]);
    }
  });

  test.each([
    ['an accepted request', accessLine({ at, status: 200, keyId }), true],
    [
      'a look at the usage',
      accessLine({ at, status: 200, keyId }, { resource: '/usage', method: 'GET' }),
      true,
    ],
    ['a refused request', accessLine({ at, status: 401 }), true],
    ['a preflight', accessLine({ at, status: 204 }, { method: 'OPTIONS' }), false],
    ['a sign-in', accessLine({ at, status: 200 }, { resource: '/account/keys' }), false],
    ['a path that there is not', accessLine({ at, status: 403 }, { resource: '-' }), false],
  ])(
    'the access log’s line of %s is handed over only where it is about the use of keys',
    (_, line, handedOver) => {
      expect(filterOf('ApiAccessLog')(JSON.parse(line))).toBe(handedOver);
    },
  );

  test.each([
    ['a refusal of a key', refusalLine({ at, reason: 'revoked', keyId }), true],
    ['a refusal of garbage', refusalLine({ at, reason: 'malformed' }), false],
    ['a failure', JSON.stringify({ message: 'authorizer failed', keyId }), false],
  ])('the authorizer’s line of %s is handed over only where a key was refused', (_, line, handedOver) => {
    expect(filterOf('AuthorizerAuthorizeRequestLogs')(JSON.parse(line))).toBe(handedOver);
  });
});
