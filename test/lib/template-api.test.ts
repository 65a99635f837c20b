import { afterAll, describe, expect, test } from 'vitest';
import { denial } from '../../functions/accounts/rules/admission.ts';
import { authorizerContext } from '../../functions/authorizer/contract.ts';
import { tierNames, tiers } from '../../lib/tiers.ts';
import {
  allVariants,
  at,
  functionBehind,
  list,
  methodsOf,
  type Properties,
  removeAssemblies,
  type Synthesized,
  synthesize,
  template,
} from './support.ts';

afterAll(removeAssemblies);

const contextNames = Object.keys(authorizerContext.shape);

describe.each(allVariants)('the API of %s', (variant) => {
  const synthesized = template(variant);
  const { one, ofType, stage } = synthesized;

  test('has these routes and no other, each behind what protects it', () => {
    const protection = [...methodsOf(synthesized)].map(([route, method]) => [
      route,
      [
        method['AuthorizationType'],
        method['AuthorizerId'] ?? 'no authorizer',
        method['ApiKeyRequired'] ?? false,
      ],
      at(method, 'Integration', 'Type'),
    ]);
    const open = ['NONE', 'no authorizer', false];
    const signedIn = ['CUSTOM', 'AccountsAuthorizer', false];
    expect(protection.sort()).toEqual(
      [
        ['POST /decisions/evaluate', ['CUSTOM', 'Authorizer', true], 'AWS_PROXY'],
        ['GET /usage', ['CUSTOM', 'Authorizer', false], 'AWS_PROXY'],
        ['GET /health', open, 'MOCK'],
        // Open on purpose: whoever has a claim link needs no account, and the link itself is what authorizes.
        ['GET /claim', open, 'MOCK'],
        ['POST /claims', open, 'AWS_PROXY'],
        ['POST /claims/stored', open, 'AWS_PROXY'],
        ['POST /claims/renew', open, 'AWS_PROXY'],
        ['POST /claims/dispute', open, 'AWS_PROXY'],
        ['GET /openapi.json', open, 'AWS_PROXY'],
        ['GET /account', signedIn, 'AWS_PROXY'],
        ['DELETE /account', signedIn, 'AWS_PROXY'],
        ['GET /account/keys', signedIn, 'AWS_PROXY'],
        ['POST /account/keys', signedIn, 'AWS_PROXY'],
        ['GET /account/keys/{keyId}', signedIn, 'AWS_PROXY'],
        ['DELETE /account/keys/{keyId}', signedIn, 'AWS_PROXY'],
        ['POST /account/keys/{keyId}/rotate', signedIn, 'AWS_PROXY'],
        ['PUT /account/keys/{keyId}/suspension', signedIn, 'AWS_PROXY'],
        ['POST /account/keys/{keyId}/claim', signedIn, 'AWS_PROXY'],
        ['POST /account/keys/{keyId}/stored', signedIn, 'AWS_PROXY'],
        ['GET /account/usage', signedIn, 'AWS_PROXY'],
        ['GET /account/audit', signedIn, 'AWS_PROXY'],
        ['PUT /account/settings', signedIn, 'AWS_PROXY'],
        ['GET /account/export', signedIn, 'AWS_PROXY'],
        ['PUT /account/tier', signedIn, 'AWS_PROXY'],
        ['POST /account/portal', signedIn, 'AWS_PROXY'],
        ['GET /account/alerts', signedIn, 'AWS_PROXY'],
        ['GET /account/alerts/{alertId}', signedIn, 'AWS_PROXY'],
        ['POST /account/alerts/{alertId}/answer', signedIn, 'AWS_PROXY'],
        // Stripe signs what it sends: the function looks at nothing else before.
        ['POST /webhooks/stripe', open, 'AWS_PROXY'],
        // Browsers ask before they send a token, and so without one.
        ['OPTIONS /account', open, 'MOCK'],
        ['OPTIONS /account/alerts', open, 'MOCK'],
        ['OPTIONS /account/alerts/{alertId}', open, 'MOCK'],
        ['OPTIONS /account/alerts/{alertId}/answer', open, 'MOCK'],
        ['OPTIONS /account/audit', open, 'MOCK'],
        ['OPTIONS /account/export', open, 'MOCK'],
        ['OPTIONS /account/keys', open, 'MOCK'],
        ['OPTIONS /account/keys/{keyId}', open, 'MOCK'],
        ['OPTIONS /account/keys/{keyId}/claim', open, 'MOCK'],
        ['OPTIONS /account/keys/{keyId}/stored', open, 'MOCK'],
        ['OPTIONS /account/keys/{keyId}/suspension', open, 'MOCK'],
        ['OPTIONS /account/keys/{keyId}/rotate', open, 'MOCK'],
        ['OPTIONS /account/portal', open, 'MOCK'],
        ['OPTIONS /account/settings', open, 'MOCK'],
        ['OPTIONS /account/tier', open, 'MOCK'],
        ['OPTIONS /account/usage', open, 'MOCK'],
        ['OPTIONS /openapi.json', open, 'MOCK'],
        ['OPTIONS /', open, 'MOCK'],
        ['OPTIONS /claim', open, 'MOCK'],
        ['OPTIONS /claims', open, 'MOCK'],
        ['OPTIONS /claims/dispute', open, 'MOCK'],
        ['OPTIONS /claims/stored', open, 'MOCK'],
        ['OPTIONS /claims/renew', open, 'MOCK'],
        ['OPTIONS /decisions', open, 'MOCK'],
        ['OPTIONS /decisions/evaluate', open, 'MOCK'],
        ['OPTIONS /usage', open, 'MOCK'],
        ['OPTIONS /health', open, 'MOCK'],
        ['OPTIONS /webhooks', open, 'MOCK'],
        ['OPTIONS /webhooks/stripe', open, 'MOCK'],
      ].sort(),
    );
  });

  test('opens what lies below /account to who has signed in, by the authorizer of accounts, and nothing else by it', () => {
    const routes = [...methodsOf(synthesized)].filter(([route]) => !route.startsWith('OPTIONS '));
    const ofAccounts = routes.filter(([route]) => isOfAccount(route));
    expect(ofAccounts.length).toBeGreaterThan(0);
    for (const [route, method] of ofAccounts) {
      expect([method['AuthorizationType'], method['AuthorizerId']], route).toEqual([
        'CUSTOM',
        'AccountsAuthorizer',
      ]);
      // A signed-in person has no usage key, and would be refused for it.
      expect(method['ApiKeyRequired'], route).toBe(false);
    }
    const byIt = routes.filter(([, method]) => method['AuthorizerId'] === 'AccountsAuthorizer');
    expect(byIt.map(([route]) => route)).toEqual(ofAccounts.map(([route]) => route));
  });

  test('hands each route to its own function', () => {
    const functions = [...methodsOf(synthesized)].flatMap(([route, method]) => {
      const fn = functionBehind(method);
      return fn === undefined ? [] : [[route, fn]];
    });
    expect(Object.fromEntries(functions)).toEqual({
      'POST /decisions/evaluate': 'DecisionsEvaluateDecision',
      'GET /usage': 'UsageReportUsage',
      'GET /openapi.json': 'OpenApiShowOpenApi',
      'POST /claims': 'DeliveryOpenClaim',
      'POST /claims/stored': 'DeliveryStoreClaim',
      'POST /claims/renew': 'DeliveryRenewClaim',
      'POST /claims/dispute': 'DeliveryDisputeClaim',
      'GET /account': 'AccountsGetAccount',
      'DELETE /account': 'AccountsDeleteAccount',
      'GET /account/keys': 'AccountsListAccountKeys',
      'POST /account/keys': 'AccountsCreateAccountKey',
      'GET /account/keys/{keyId}': 'AccountsGetAccountKey',
      'DELETE /account/keys/{keyId}': 'AccountsRevokeAccountKey',
      'POST /account/keys/{keyId}/rotate': 'AccountsRotateAccountKey',
      'PUT /account/keys/{keyId}/suspension': 'AccountsSuspendAccountKey',
      'POST /account/keys/{keyId}/claim': 'AccountsClaimAccountKey',
      'POST /account/keys/{keyId}/stored': 'AccountsStoreAccountSecret',
      'GET /account/usage': 'AccountsReportAccountUsage',
      'GET /account/audit': 'AccountsListAccountAudit',
      'PUT /account/settings': 'AccountsChangeAccountSettings',
      'GET /account/export': 'AccountsExportAccount',
      'PUT /account/tier': 'PaymentsChooseTier',
      'POST /account/portal': 'PaymentsOpenPortal',
      'GET /account/alerts': 'AlertsListAccountAlerts',
      'GET /account/alerts/{alertId}': 'AlertsGetAccountAlert',
      'POST /account/alerts/{alertId}/answer': 'AlertsAnswerAccountAlert',
      'POST /webhooks/stripe': 'PaymentsReceivePaymentEvent',
    });
  });

  test('lets API Gateway, by this API alone, invoke the function of each route and the authorizers, and nobody else', () => {
    const called = [
      ...[...methodsOf(synthesized).values()].flatMap((method) => functionBehind(method) ?? []),
      'AuthorizerAuthorizeRequest',
      'AccountsAuthorizeAccount',
    ];
    const permitted = ofType('AWS::Lambda::Permission').filter(
      ({ properties }) => properties['Principal'] === 'apigateway.amazonaws.com',
    );
    expect(permitted.map(({ properties }) => properties['FunctionName']).sort()).toEqual(called.sort());
    for (const { name, properties } of permitted) {
      expect(String(properties['SourceArn']), name).toMatch(
        /^arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:ApiRestApi\/(authorizers\/\w+|ApiRestApiDeploymentStage\w+\/[A-Z]+\/.+)$/,
      );
    }
  });

  test('meters by the value that the authorizer returns, not by the header that a customer sends', () => {
    expect(one('AWS::ApiGateway::RestApi').properties['ApiKeySourceType']).toBe('AUTHORIZER');
  });

  test.each([
    ['Authorizer', 'X-API-Key', 'AuthorizerAuthorizeRequest'],
    ['AccountsAuthorizer', 'Authorization', 'AccountsAuthorizeAccount'],
  ])(
    'asks %s about every single request: a revocation, or the end of an account, takes effect with the next one',
    (name, header, fn) => {
      expect(one('AWS::ApiGateway::Authorizer', name).properties).toMatchObject({
        Type: 'REQUEST',
        // Without it, the gateway itself answers 401.
        IdentitySource: `method.request.header.${header}`,
        AuthorizerResultTtlInSeconds: 0,
        AuthorizerUri: expect.stringContaining(`/functions/${fn}/invocations`),
        RestApiId: 'ApiRestApi',
      });
    },
  );

  test('has no other authorizer', () => {
    expect(ofType('AWS::ApiGateway::Authorizer')).toHaveLength(2);
  });

  test('has one usage plan for each tier, with the limits of the tier table, on this stage', () => {
    const plans = ofType('AWS::ApiGateway::UsagePlan').map(({ properties }) => [
      properties['UsagePlanName'],
      properties['Throttle'],
      properties['Quota'],
      list(properties['ApiStages']).map((apiStage) => [at(apiStage, 'ApiId'), at(apiStage, 'Stage')]),
    ]);
    expect(plans).toEqual(
      tierNames.map((tier) => [
        `latchkey-${stage}-${tier}`,
        { RateLimit: tiers[tier].ratePerSecond, BurstLimit: tiers[tier].burst },
        { Limit: tiers[tier].requestsPerMonth, Period: 'MONTH' },
        [['ApiRestApi', `ApiRestApiDeploymentStage${stage}`]],
      ]),
    );
  });

  test('throttles every route that is under no usage plan and costs a function', () => {
    const settings = list(one('AWS::ApiGateway::Stage').properties['MethodSettings']) as Properties[];
    const throttled = Object.fromEntries(
      settings
        .filter((setting) => 'ThrottlingRateLimit' in setting)
        .map((setting) => [
          `${setting['HttpMethod']} ${String(setting['ResourcePath']).slice(1).replaceAll('~1', '/')}`,
          [setting['ThrottlingRateLimit'], setting['ThrottlingBurstLimit']],
        ]),
    );
    expect(throttled).toEqual({
      'GET /usage': [50, 100],
      'POST /claims': [200, 400],
      'POST /claims/stored': [200, 400],
      'POST /claims/renew': [200, 400],
      'POST /claims/dispute': [200, 400],
      'GET /openapi.json': [20, 40],
      'GET /account': [100, 200],
      'DELETE /account': [20, 40],
      'GET /account/keys': [100, 200],
      'POST /account/keys': [20, 40],
      'GET /account/keys/{keyId}': [100, 200],
      'DELETE /account/keys/{keyId}': [200, 400],
      'POST /account/keys/{keyId}/rotate': [200, 400],
      'PUT /account/keys/{keyId}/suspension': [200, 400],
      'GET /account/alerts': [100, 200],
      'GET /account/alerts/{alertId}': [100, 200],
      'POST /account/alerts/{alertId}/answer': [200, 400],
      'POST /account/keys/{keyId}/claim': [20, 40],
      'POST /account/keys/{keyId}/stored': [20, 40],
      'GET /account/usage': [100, 200],
      'GET /account/audit': [10, 20],
      'PUT /account/settings': [20, 40],
      'GET /account/export': [5, 10],
      'PUT /account/tier': [20, 40],
      'POST /account/portal': [20, 40],
      'POST /webhooks/stripe': [100, 200],
    });
    const unplanned = [...methodsOf(synthesized)].filter(
      ([, method]) => method['ApiKeyRequired'] !== true && at(method, 'Integration', 'Type') !== 'MOCK',
    );
    expect(Object.keys(throttled).sort()).toEqual(unplanned.map(([route]) => route).sort());
  });

  test('never writes execution logs, which would hold keys, for any method', () => {
    const settings = list(one('AWS::ApiGateway::Stage').properties['MethodSettings']);
    expect(settings).toContainEqual(expect.objectContaining({ HttpMethod: '*', ResourcePath: '/*' }));
    // A method with settings of its own inherits none.
    for (const setting of settings) {
      expect(setting).toMatchObject({ LoggingLevel: 'OFF', DataTraceEnabled: false, MetricsEnabled: true });
    }
  });

  test('traces requests', () => {
    expect(one('AWS::ApiGateway::Stage').properties['TracingEnabled']).toBe(true);
  });

  test('writes an access log of one JSON object each, from named fields without anything secret', () => {
    const { DestinationArn, Format } = one('AWS::ApiGateway::Stage').properties[
      'AccessLogSetting'
    ] as Properties;
    expect(DestinationArn).toBe('ApiAccessLog');
    const fields = Object.entries(JSON.parse(String(Format)) as Record<string, string>);
    expect(fields.map(([name]) => name)).toEqual(
      expect.arrayContaining(['requestId', 'status', 'keyId', 'subscriptionId', 'tier', 'sourceIp']),
    );
    for (const [, value] of fields) {
      expect(value).toMatch(/^\$context\.[\w.]+$/);
      // The usage key, headers, query strings, bodies and the path as sent (which may hold a key by mistake).
      expect(value).not.toMatch(/apiKey|header|query|body|\$context\.path$|override|input/i);
    }
    // What it tells of the caller is what the authorizer returns; a misspelt name would log a dash for ever.
    const told = fields.flatMap(
      ([, value]) => /^\$context\.authorizer\.(?!status$)(\w+)$/.exec(value)?.[1] ?? [],
    );
    expect(contextNames).toEqual(expect.arrayContaining(told));
    expect(told.length).toBeGreaterThan(0);
  });
});

describe('answers of the gateway itself', () => {
  const responses = new Map(
    template('dev')
      .ofType('AWS::ApiGateway::GatewayResponse')
      .map(({ properties }) => [String(properties['ResponseType']), properties]),
  );
  const headersOf = (type: string) =>
    Object.fromEntries(
      Object.entries(at(responses.get(type), 'ResponseParameters') as Properties).map(([name, value]) => [
        name.replace('gatewayresponse.header.', ''),
        value,
      ]),
    );
  const bodyOf = (type: string) =>
    JSON.parse(String(at(responses.get(type), 'ResponseTemplates', 'application/json'))) as Properties;

  /** Every type that API Gateway documents, with the status that callers get. */
  const statuses = {
    ACCESS_DENIED: 403,
    API_CONFIGURATION_ERROR: 500,
    AUTHORIZER_CONFIGURATION_ERROR: 503,
    AUTHORIZER_FAILURE: 503,
    BAD_REQUEST_BODY: 400,
    BAD_REQUEST_PARAMETERS: 400,
    DEFAULT_4XX: 400,
    DEFAULT_5XX: 500,
    EXPIRED_TOKEN: 403,
    INTEGRATION_FAILURE: 502,
    INTEGRATION_TIMEOUT: 504,
    INVALID_API_KEY: 503,
    INVALID_SIGNATURE: 403,
    MISSING_AUTHENTICATION_TOKEN: 404,
    QUOTA_EXCEEDED: 429,
    REQUEST_TOO_LARGE: 413,
    RESOURCE_NOT_FOUND: 404,
    THROTTLED: 429,
    UNAUTHORIZED: 401,
    UNSUPPORTED_MEDIA_TYPE: 415,
    WAF_FILTERED: 403,
  };

  test('cover every response type', () => {
    expect(
      Object.fromEntries([...responses].map(([type, { StatusCode }]) => [type, Number(StatusCode)])),
    ).toEqual(statuses);
  });

  test.each(Object.entries(statuses))(
    '%s is a problem with status %i that a browser can read',
    (type, status) => {
      expect(headersOf(type)).toMatchObject({
        'Content-Type': "'application/problem+json'",
        'Access-Control-Allow-Origin': "'*'",
        'Access-Control-Expose-Headers': "'RateLimit, RateLimit-Policy, Retry-After, x-amzn-RequestId'",
        'Cache-Control': "'no-store'",
      });
      const body = bodyOf(type);
      expect(body).toMatchObject({
        type: expect.stringMatching(/^https:\/\/\S+$/),
        title: expect.stringMatching(/\S/),
        status,
        detail: expect.stringMatching(/\S/),
        requestId: '$context.requestId',
        support: 'support@aiweedcompany.com',
      });
      // API Gateway substitutes; whatever else it took from the request could break the JSON or repeat a secret.
      const substituted = JSON.stringify(body).match(/\$\w+[\w.]*/g);
      expect(substituted?.toSorted()).toEqual([
        ...(type === 'ACCESS_DENIED' ? ['$context.authorizer.hint'] : []),
        '$context.requestId',
      ]);
    },
  );

  test('ACCESS_DENIED ends with what an authorizer says can be done, in the words that it denies with', () => {
    expect(String(bodyOf('ACCESS_DENIED')['detail'])).toMatch(/\. \$context\.authorizer\.hint$/);
    // A misspelt name would say nothing for ever.
    expect(
      denial('arn:aws:execute-api:eu-west-1:123456789012:api/dev/GET/account', 'Do this.').context,
    ).toEqual({
      hint: 'Do this.',
    });
  });

  test('UNAUTHORIZED names both ways to be let in', () => {
    expect(headersOf('UNAUTHORIZED')['WWW-Authenticate']).toBe('\'ApiKey header="X-API-Key", Bearer\'');
    expect(bodyOf('UNAUTHORIZED')['detail']).toMatch(/X-API-Key.*Authorization: Bearer/s);
  });

  test('INVALID_API_KEY means a usage key that has not spread yet: come back in two seconds', () => {
    expect(headersOf('INVALID_API_KEY')['Retry-After']).toBe("'2'");
  });

  test('THROTTLED says when to come back, and no rate limit, for it cannot know what is left of the month', () => {
    const headers = headersOf('THROTTLED');
    expect(headers['Retry-After']).toBe("'1'");
    expect(Object.keys(headers).filter((name) => name.startsWith('RateLimit'))).toEqual([]);
    expect(bodyOf('THROTTLED')).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      'violated-policies': ['rate'],
    });
  });

  test('QUOTA_EXCEEDED announces limit and reset as the authorizer has computed them', () => {
    expect(headersOf('QUOTA_EXCEEDED')).toMatchObject({
      'Retry-After': 'context.authorizer.secondsToReset',
      'RateLimit-Policy': 'context.authorizer.rateLimitPolicy',
      RateLimit: 'context.authorizer.rateLimitExhausted',
    });
    expect(contextNames).toEqual(
      expect.arrayContaining(['secondsToReset', 'rateLimitPolicy', 'rateLimitExhausted']),
    );
    expect(bodyOf('QUOTA_EXCEEDED')).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      'violated-policies': ['month'],
    });
  });

  test('name the documentation and support address of the configuration', () => {
    for (const type of responses.keys()) {
      const { type: problemType } = bodyOf(type);
      expect(problemType).toMatch(/^https:\/\/(docs\.aiweedcompany\.com\/problems\/[a-z-]+|iana\.org\/\S+)$/);
    }
  });
});

describe('a browser', () => {
  /** Each path with the headers of its answer to a browser that asks first. */
  const preflights = (synthesized: Synthesized): readonly [path: string, Properties][] =>
    [...methodsOf(synthesized)].flatMap(([route, method]) => {
      if (!route.startsWith('OPTIONS ')) return [];
      const headers = at(
        method,
        'Integration',
        'IntegrationResponses',
        0,
        'ResponseParameters',
      ) as Properties;
      // A header that is not declared for the method is dropped.
      expect(
        Object.keys(at(method, 'MethodResponses', 0, 'ResponseParameters') as Properties),
        route,
      ).toEqual(expect.arrayContaining(Object.keys(headers)));
      return [
        [
          route.replace('OPTIONS ', ''),
          Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [
              name.replace('method.response.header.', ''),
              value,
            ]),
          ),
        ],
      ];
    });
  const exposed = "'RateLimit,RateLimit-Policy,Retry-After,x-amzn-RequestId'";

  test('may ask on every path that has a route, and on those on the way to it', () => {
    const paths = [...methodsOf(template('dev')).keys()].map((route) => route.replace(/^\w+ /, ''));
    const asked = preflights(template('dev')).map(([path]) => path);
    expect(asked.length).toBeGreaterThan(0);
    expect([...new Set(paths)].sort()).toEqual(asked.sort());
  });

  test('may send a key and read the limits, from any page and on every path but the account’s', () => {
    const others = preflights(template('dev')).filter(([path]) => !isOfAccount(`OPTIONS ${path}`));
    expect(others.length).toBeGreaterThan(0);
    for (const [path, headers] of others) {
      expect(headers, path).toMatchObject({
        'Access-Control-Allow-Origin': "'*'",
        'Access-Control-Allow-Headers': "'Content-Type,X-API-Key'",
        'Access-Control-Allow-Methods': "'GET,POST'",
        'Access-Control-Expose-Headers': exposed,
      });
    }
  });

  test.each([
    ['dev', {}, 'https://DashboardDistribution.DomainName'],
    ['prod', {}, 'https://DashboardDistribution.DomainName'],
    ['prod', { dashboard: { url: 'https://keys.example.com' } }, 'https://keys.example.com'],
  ] as const)(
    'of %s with %j may call the account from %s and no other page, with a token and never with a cookie',
    (stage, overrides, origin) => {
      const ofAccount = preflights(synthesize(stage, overrides)).filter(([path]) =>
        isOfAccount(`OPTIONS ${path}`),
      );
      expect(ofAccount.length).toBeGreaterThan(0);
      for (const [path, headers] of ofAccount) {
        expect(headers, path).toEqual({
          'Access-Control-Allow-Origin': `'${origin}'`,
          'Access-Control-Allow-Headers': "'Authorization,Content-Type,Idempotency-Key'",
          'Access-Control-Allow-Methods': "'GET,POST,PUT,DELETE'",
          'Access-Control-Expose-Headers': exposed,
          'Access-Control-Max-Age': "'3600'",
          // What is answered to one origin must not be kept for another.
          Vary: "'Origin'",
        });
      }
    },
  );
});

/** Whether a route, such as `GET /account/keys`, is one of the account's. */
function isOfAccount(route: string): boolean {
  return /^[A-Z]+ \/account(\/|$)/.test(route);
}
