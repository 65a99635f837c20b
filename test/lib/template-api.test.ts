import { afterAll, describe, expect, test } from 'vitest';
import { authorizerContext } from '../../functions/authorizer/contract.ts';
import { tierNames, tiers } from '../../lib/tiers.ts';
import { allVariants, at, list, methodsOf, type Properties, removeAssemblies, template } from './support.ts';

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
    expect(protection.sort()).toEqual(
      [
        ['POST /decisions/evaluate', ['CUSTOM', 'Authorizer', true], 'AWS_PROXY'],
        ['GET /usage', ['CUSTOM', 'Authorizer', false], 'AWS_PROXY'],
        ['GET /health', open, 'MOCK'],
        // Open on purpose: whoever has a claim link needs no account, and the link itself is what authorizes.
        ['GET /claim', open, 'AWS_PROXY'],
        ['POST /claims', open, 'AWS_PROXY'],
        ['POST /claims/renew', open, 'AWS_PROXY'],
        ['POST /claims/dispute', open, 'AWS_PROXY'],
        ['GET /openapi.json', open, 'AWS_PROXY'],
        ['OPTIONS /openapi.json', open, 'MOCK'],
        ['OPTIONS /', open, 'MOCK'],
        ['OPTIONS /claim', open, 'MOCK'],
        ['OPTIONS /claims', open, 'MOCK'],
        ['OPTIONS /claims/dispute', open, 'MOCK'],
        ['OPTIONS /claims/renew', open, 'MOCK'],
        ['OPTIONS /decisions', open, 'MOCK'],
        ['OPTIONS /decisions/evaluate', open, 'MOCK'],
        ['OPTIONS /usage', open, 'MOCK'],
        ['OPTIONS /health', open, 'MOCK'],
      ].sort(),
    );
  });

  test('hands each route to its own function', () => {
    const uri = (route: string) => at(methodsOf(synthesized).get(route), 'Integration', 'Uri');
    expect(uri('POST /decisions/evaluate')).toContain('functions/DecisionsEvaluateDecision/invocations');
    expect(uri('GET /usage')).toContain('functions/UsageReportUsage/invocations');
    expect(uri('GET /claim')).toContain('functions/DeliveryShowClaimPage/invocations');
    expect(uri('GET /openapi.json')).toContain('functions/OpenApiShowOpenApi/invocations');
    expect(uri('POST /claims')).toContain('functions/DeliveryOpenClaim/invocations');
    expect(uri('POST /claims/renew')).toContain('functions/DeliveryRenewClaim/invocations');
    expect(uri('POST /claims/dispute')).toContain('functions/DeliveryDisputeClaim/invocations');
  });

  test('meters by the value that the authorizer returns, not by the header that a customer sends', () => {
    expect(one('AWS::ApiGateway::RestApi').properties['ApiKeySourceType']).toBe('AUTHORIZER');
  });

  test('asks the authorizer about every single request: a revocation takes effect with the next one', () => {
    expect(one('AWS::ApiGateway::Authorizer').properties).toMatchObject({
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.X-API-Key',
      AuthorizerResultTtlInSeconds: 0,
      AuthorizerUri: expect.stringContaining('/functions/AuthorizerAuthorizeRequest/invocations'),
      RestApiId: 'ApiRestApi',
    });
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
      'GET /claim': [200, 400],
      'POST /claims': [200, 400],
      'POST /claims/renew': [200, 400],
      'POST /claims/dispute': [200, 400],
      'GET /openapi.json': [20, 40],
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
      expect(JSON.stringify(body).match(/\$\w+[\w.]*/g)).toEqual(['$context.requestId']);
    },
  );

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

test('a browser may send a key and read the limits, from any page and on every path', () => {
  const preflights = [...methodsOf(template('dev'))].filter(([route]) => route.startsWith('OPTIONS'));
  expect(preflights).toHaveLength(9);
  for (const [, method] of preflights) {
    const headers = at(method, 'Integration', 'IntegrationResponses', 0, 'ResponseParameters') as Properties;
    expect(headers).toMatchObject({
      'method.response.header.Access-Control-Allow-Origin': "'*'",
      'method.response.header.Access-Control-Allow-Headers': "'Content-Type,X-API-Key'",
      'method.response.header.Access-Control-Allow-Methods': "'GET,POST'",
      'method.response.header.Access-Control-Expose-Headers':
        "'RateLimit,RateLimit-Policy,Retry-After,x-amzn-RequestId'",
    });
    // A header that is not declared for the method is dropped.
    expect(Object.keys(at(method, 'MethodResponses', 0, 'ResponseParameters') as Properties)).toEqual(
      expect.arrayContaining(Object.keys(headers)),
    );
  }
});
