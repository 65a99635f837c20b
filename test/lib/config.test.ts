import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigError, parseConfig, type StageInput, stageNames } from '../../lib/config.ts';
import { tierNames, tiers } from '../../lib/tiers.ts';
import {
  dashboardCertificateArn,
  environmentOf,
  functionBehind,
  functionsOf,
  methodsOf,
  removeAssemblies,
  synthesize,
} from './support.ts';

afterAll(removeAssemblies);

/** The message of the refusal. @throws where the configuration is accepted */
function refusal(stage: unknown, stages?: unknown): string {
  try {
    parseConfig(stage, stages);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

const devWith = (fields: object) => ({ dev: fields });

describe('a stage without a configuration of its own', () => {
  const product = {
    name: 'AI Decision Engine',
    company: 'AI Weed Company',
    apiUrl: 'https://api.aiweedcompany.com',
    documentationUrl: 'https://docs.aiweedcompany.com',
    statusUrl: 'https://status.aiweedcompany.com',
    supportAddress: 'support@aiweedcompany.com',
  };
  const shared = {
    product,
    rotation: { intervalDays: 90, noticeDays: 7, graceHours: 72, graceHoursByTier: {}, reminderHours: 6 },
    mail: {
      domain: 'aiweedcompany.com',
      from: 'no-reply@aiweedcompany.com',
      identity: 'create',
      mailFromSubdomain: 'mail',
    },
    dashboard: {},
    identity: { mfa: 'optional', sender: 'ses' },
    alerts: { suspend: {} },
    usageKeys: { alarmAt: 8_000, limit: 9_500 },
    limits: {
      free: { requestsPerMonth: 100, ratePerSecond: 2, burst: 5 },
      pro: { requestsPerMonth: 10_000, ratePerSecond: 20, burst: 40 },
      enterprise: { requestsPerMonth: 1_000_000, ratePerSecond: 200, burst: 400 },
    },
  };

  test('dev keeps nothing when it goes, and costs no trail', () => {
    expect(parseConfig('dev')).toEqual({
      ...shared,
      stage: 'dev',
      retainData: false,
      cloudTrail: false,
      logRetentionDays: 14,
      payments: { testMode: true },
    });
  });

  test('prod keeps its data, logs for a year, and records who invoked what', () => {
    expect(parseConfig('prod', { dev: { retainData: false } })).toEqual({
      ...shared,
      stage: 'prod',
      retainData: true,
      cloudTrail: true,
      logRetentionDays: 365,
      payments: { testMode: false },
    });
  });
});

describe('a configuration', () => {
  test('replaces the defaults field by field, also inside product, rotation, usage keys and tiers', () => {
    const config = parseConfig('prod', {
      prod: {
        account: '123456789012',
        region: 'us-gov-west-1',
        product: { name: 'Oracle', documentationUrl: 'https://docs.example.com//' },
        rotation: { graceHours: 0, graceHoursByTier: { enterprise: 168 } },
        mail: { domain: 'mail.example.com' },
        alerts: { suspend: { free: 'warning', enterprise: 'critical' } },
        usageKeys: { limit: 10_000 },
        tiers: { free: { burst: 7 } },
        retainData: false,
      },
    });
    expect(config).toMatchObject({
      account: '123456789012',
      region: 'us-gov-west-1',
      // Paths are appended to addresses: a slash at the end would be doubled.
      product: { name: 'Oracle', company: 'AI Weed Company', documentationUrl: 'https://docs.example.com' },
      rotation: { intervalDays: 90, noticeDays: 7, graceHours: 0, graceHoursByTier: { enterprise: 168 } },
      mail: { domain: 'mail.example.com', from: 'no-reply@mail.example.com', mailFromSubdomain: 'mail' },
      alerts: { suspend: { free: 'warning', enterprise: 'critical' } },
      usageKeys: { alarmAt: 8_000, limit: 10_000 },
      limits: { free: { requestsPerMonth: 100, ratePerSecond: 2, burst: 7 }, pro: { burst: 40 } },
      retainData: false,
      cloudTrail: true,
    });
  });

  test('of one stage leaves the other alone', () => {
    const stages = { dev: { logRetentionDays: 1 }, prod: { logRetentionDays: 3653 } };
    expect(stageNames.map((stage) => parseConfig(stage, stages).logRetentionDays)).toEqual([1, 3653]);
  });

  test('accepts a domain with a certificate, with a hosted zone, or with both', () => {
    const certificateArn = 'arn:aws:acm:eu-west-1:123456789012:certificate/x';
    const hostedZone = { id: 'Z1', name: 'example.com' };
    for (const proof of [{ certificateArn }, { hostedZone }, { certificateArn, hostedZone }]) {
      const domain = { name: 'api.example.com', ...proof };
      expect(parseConfig('dev', devWith({ domain })).domain).toEqual(domain);
    }
  });

  test('sends from the domain of the support address, unless it names another', () => {
    const product = { supportAddress: 'Help@Example.com' };
    expect(parseConfig('dev', devWith({ product })).mail).toMatchObject({
      domain: 'example.com',
      from: 'no-reply@example.com',
    });
    const mail = { domain: 'Keys.Example.com', from: 'Keys@keys.example.com', identity: 'existing' };
    expect(parseConfig('dev', devWith({ product, mail })).mail).toEqual({
      ...mail,
      domain: 'keys.example.com',
      mailFromSubdomain: 'mail',
    });
  });

  test.each([
    ['another domain', { from: 'keys@example.com' }],
    ['a subdomain', { from: 'keys@keys.example.org', domain: 'example.org' }],
  ])('whose sender is an address in %s is refused, for SES would refuse each mail', (_, mail) => {
    expect(refusal('dev', devWith({ mail }))).toMatch(/must be an address in \S+: SES .*\n.* at mail\.from/);
  });

  test.each([undefined, null, '', 'test', 'PROD', 'toString', 0, ['dev']])(
    'of the unknown stage %j is refused by name',
    (stage) => {
      const message = refusal(stage, {});
      expect(message).toContain('dev, prod');
      expect(message).toContain(`stage ${JSON.stringify(stage)} is unknown`);
    },
  );

  test.each([
    ['not an object', 'dev'],
    ['a list', []],
    ['with a stage that does not exist', { staging: {} }],
    ['whose stage is no object', { dev: 5 }],
  ])('that is %s is refused', (_, stages) => {
    expect(refusal('dev', stages)).toContain('stages in cdk.json');
  });

  test('with a fault in the other stage only can still be deployed', () => {
    expect(parseConfig('dev', { prod: { nonsense: true } }).stage).toBe('dev');
  });

  const wrong: readonly [field: string, fields: object][] = [
    ['account', { account: '12345' }],
    ['account', { account: 123456789012 }],
    ['region', { region: 'Frankfurt' }],
    ['product.name', { product: { name: '' } }],
    ['product.company', { product: { company: 5 } }],
    ['product.apiUrl', { product: { apiUrl: 'http://api.example.com' } }],
    ['product.documentationUrl', { product: { documentationUrl: 'docs.example.com' } }],
    ['product.statusUrl', { product: { statusUrl: '' } }],
    ['product.supportAddress', { product: { supportAddress: 'support' } }],
    ['domain.name', { domain: { name: 'https://api.example.com', certificateArn: 'arn:aws:acm:x' } }],
    ['domain', { domain: { name: 'api.example.com' } }],
    ['domain.certificateArn', { domain: { name: 'api.example.com', certificateArn: 'arn:aws:iam::1:x' } }],
    ['domain.hostedZone.id', { domain: { name: 'api.example.com', hostedZone: { name: 'example.com' } } }],
    ['alarmEmail', { alarmEmail: 'on call' }],
    ['retainData', { retainData: 'yes' }],
    ['cloudTrail', { cloudTrail: 1 }],
    ['logRetentionDays', { logRetentionDays: 100 }],
    ['rotation.intervalDays', { rotation: { intervalDays: 0 } }],
    ['rotation.noticeDays', { rotation: { noticeDays: 1.5 } }],
    ['rotation.graceHours', { rotation: { graceHours: 169 } }],
    ['rotation.graceHours', { rotation: { graceHours: -1 } }],
    ['rotation.graceHoursByTier.pro', { rotation: { graceHoursByTier: { pro: 169 } } }],
    ['rotation.reminderHours', { rotation: { reminderHours: 0 } }],
    ['rotation.reminderHours', { rotation: { reminderHours: 73 } }],
    ['mail.domain', { mail: { domain: 'https://example.com' } }],
    ['mail.from', { mail: { from: 'no-reply' } }],
    ['mail.identity', { mail: { identity: 'shared' } }],
    ['mail.mailFromSubdomain', { mail: { mailFromSubdomain: 'a.b' } }],
    ['payments.testMode', { payments: { testMode: 'yes' } }],
    ['alerts.suspend.pro', { alerts: { suspend: { pro: 'info' } } }],
    ['alerts.suspend.free', { alerts: { suspend: { free: 'never' } } }],
    ['alerts.suspend', { alerts: { suspend: 'critical' } }],
    ['usageKeys.alarmAt', { usageKeys: { alarmAt: 0 } }],
    ['usageKeys', { usageKeys: { limit: 1_000, alarmAt: 900 } }],
    ['usageKeys.limit', { usageKeys: { limit: 10_001 } }],
    ['tiers.free.burst', { tiers: { free: { burst: 0 } } }],
    ['tiers.pro.requestsPerMonth', { tiers: { pro: { requestsPerMonth: 1.5 } } }],
    ['tiers.enterprise.ratePerSecond', { tiers: { enterprise: { ratePerSecond: -1 } } }],
  ];

  test.each(wrong)('with a wrong %s is refused by the name of the field: %j', (field, fields) => {
    const message = refusal('dev', devWith(fields));
    expect(message).toMatch(/^stages\.dev in cdk\.json:/);
    expect(message).toContain(`at ${field}`);
  });

  test.each([
    ['retention', { retention: 5 }],
    ['graceDays', { rotation: { graceDays: 3 } }],
    ['gold', { tiers: { gold: { burst: 1 } } }],
    ['gold', { alerts: { suspend: { gold: 'critical' } } }],
    ['mail', { alerts: { mail: true } }],
    ['gold', { rotation: { graceHoursByTier: { gold: 1 } } }],
    ['sender', { mail: { sender: 'x@example.com' } }],
    ['price', { tiers: { free: { price: 1 } } }],
    ['path', { domain: { name: 'api.example.com', certificateArn: 'arn:aws:acm:x', path: '/' } }],
  ])('with the unknown field %s is refused rather than quietly ignored', (field, fields) => {
    expect(refusal('dev', devWith(fields))).toContain(`"${field}"`);
  });

  test('that suspends keys by something else than a severity is told what may stand there', () => {
    expect(refusal('dev', devWith({ alerts: { suspend: { pro: 'all' } } }))).toContain(
      'must be warning or critical; leave the tier out if its keys are never to be suspended by an alert',
    );
  });

  test('with several faults is refused with all of them at once', () => {
    const message = refusal(
      'dev',
      devWith({ alarmEmail: 'x', logRetentionDays: 2, surplus: 1, tiers: { pro: { burst: 0 } } }),
    );
    for (const named of ['alarmEmail', 'logRetentionDays', '"surplus"', 'tiers.pro.burst']) {
      expect(message).toContain(named);
    }
  });

  test('that would warn of a rotation before the last one is over, in any tier, is refused, and no other', () => {
    const grace = fc.integer({ min: 0, max: 168 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 400 }),
        grace,
        fc.record({ free: grace, pro: grace, enterprise: grace }, { requiredKeys: [] }),
        (intervalDays, noticeDays, graceHours, graceHoursByTier) => {
          const rotation = { intervalDays, noticeDays, graceHours, graceHoursByTier };
          const longest = Math.max(graceHours, ...Object.values(graceHoursByTier));
          if (noticeDays * 24 + longest < intervalDays * 24) {
            expect(parseConfig('dev', devWith({ rotation })).rotation).toEqual({
              ...rotation,
              reminderHours: 6,
            });
          } else {
            expect(refusal('dev', devWith({ rotation }))).toContain(
              'notice and grace together must be shorter',
            );
          }
        },
      ),
      {
        examples: [
          [10, 7, 72, {}],
          [10, 7, 71, {}],
          [10, 7, 71, { pro: 72 }],
          [10, 7, 0, { enterprise: 71 }],
          [8, 7, 24, {}],
          [8, 8, 0, {}],
        ],
      },
    );
  });

  test('changes exactly the limits that it names, whichever they are', () => {
    const limits = fc.record(
      {
        requestsPerMonth: fc.integer({ min: 1, max: 1e9 }),
        ratePerSecond: fc.double({ min: 0.1, max: 10_000, noNaN: true }),
        burst: fc.integer({ min: 1, max: 5_000 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.record({ free: limits, pro: limits, enterprise: limits }, { requiredKeys: [] }),
        (overrides: NonNullable<StageInput['tiers']>) => {
          const { limits: effective } = parseConfig('dev', devWith({ tiers: overrides }));
          for (const tier of tierNames) {
            const { requestsPerMonth, ratePerSecond, burst } = tiers[tier];
            expect(effective[tier]).toEqual({ requestsPerMonth, ratePerSecond, burst, ...overrides[tier] });
          }
        },
      ),
    );
  });

  test('never passes with anything but a ConfigError for what is no configuration at all', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (stage, stages) => {
        fc.pre(!stageNames.some((name) => name === stage));
        expect(() => parseConfig(stage, stages)).toThrow(ConfigError);
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
        try {
          parseConfig('dev', devWith(fields));
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
    );
  });
});

describe('tier limits of a stage', () => {
  const synthesized = synthesize('dev', {
    tiers: { free: { requestsPerMonth: 3, ratePerSecond: 0.5 }, pro: { burst: 9 } },
  });
  const expected = {
    free: { requestsPerMonth: 3, ratePerSecond: 0.5, burst: 5 },
    pro: { requestsPerMonth: 10_000, ratePerSecond: 20, burst: 9 },
    enterprise: { requestsPerMonth: 1_000_000, ratePerSecond: 200, burst: 400 },
  };

  test('change the usage plans', () => {
    const plans = synthesized
      .ofType('AWS::ApiGateway::UsagePlan')
      .map(({ properties }) => [properties['UsagePlanName'], properties['Quota'], properties['Throttle']]);
    expect(plans).toEqual(
      tierNames.map((tier) => [
        `latchkey-dev-${tier}`,
        { Limit: expected[tier].requestsPerMonth, Period: 'MONTH' },
        { RateLimit: expected[tier].ratePerSecond, BurstLimit: expected[tier].burst },
      ]),
    );
  });

  test('change every function that knows limits, by the same values: plan and meter never disagree', () => {
    const told = [...functionsOf(synthesized)].flatMap(([name, fn]) => {
      const { TIER_LIMITS } = environmentOf(fn);
      return TIER_LIMITS === undefined ? [] : [[name, JSON.parse(TIER_LIMITS)]];
    });
    expect(told.sort()).toEqual(
      [
        'authorize-request',
        'change-tier',
        'create-account-key',
        'deliver-key',
        'detect-anomalies',
        'export-account',
        'generate-key',
        'get-account',
        'get-usage',
        'mail-account',
        'report-account-usage',
        'report-usage',
      ].map((name) => [name, expected]),
    );
  });
});

test('rotation times of a stage reach every function that moves a key’s timer, the same ones, and no other', () => {
  const rotation = {
    intervalDays: 30,
    noticeDays: 3,
    reminderHours: 5,
    graceHours: 24,
    graceHoursByTier: { enterprise: 48 },
  };
  const told = [...functionsOf(synthesize('dev', { rotation }))].flatMap(([name, fn]) => {
    const { ROTATION_POLICY } = environmentOf(fn);
    return ROTATION_POLICY === undefined ? [] : [[name, JSON.parse(ROTATION_POLICY)]];
  });
  const expected = {
    intervalDays: 30,
    noticeDays: 3,
    reminderHours: 5,
    graceHours: { free: 24, pro: 24, enterprise: 48 },
  };
  expect(told.sort()).toEqual(
    [
      'answer-account-alert',
      'approve-request',
      'change-account-settings',
      'change-tier',
      'choose-tier',
      'claim-account-key',
      'create-account-key',
      'deliver-key',
      'dispute-claim',
      'generate-key',
      'open-claim',
      'receive-payment-event',
      'record-mail-event',
      'renew-claim',
      'resume-key',
      'rotate-account-key',
      'rotate-key',
      'rotate-keys',
      'settle-payments',
      'store-account-secret',
      'store-claim',
      'suspend-account-key',
      'suspend-key',
      'update-subscription',
    ].map((name) => [name, expected]),
  );
});

describe('the sign-in of a stage', () => {
  const variablesOf = (overrides: object) => {
    const synthesized = synthesize('dev', overrides);
    const functions = functionsOf(synthesized);
    return (name: string) => {
      const fn = functions.get(name);
      if (fn === undefined) throw new Error(`there is no function ${name}`);
      return environmentOf(fn);
    };
  };

  test('is by the stack’s own pool and its client, unless the stage names another issuer', () => {
    const of = variablesOf({});
    expect(of('authorize-account')).toMatchObject({
      SIGN_IN_ISSUER: 'IdentityUsersPool.ProviderURL',
      SIGN_IN_CLIENT_ID: 'IdentityUsersPoolDashboard',
    });
    expect(of('show-openapi')['OPENAPI_ISSUER']).toBe('IdentityUsersPool.ProviderURL');
    for (const name of ['delete-account', 'erase-accounts']) {
      expect(of(name)['USER_POOL_ID'], name).toBe('IdentityUsersPool');
    }
  });

  test('is by the issuer and client that the stage names, letter by letter, and its users are nobody’s to delete', () => {
    // Issuers are compared as they are: a slash at the end is part of the name.
    const identity = { issuer: 'https://id.example.com/realms/keys/', clientId: 'dashboard of keys' };
    const of = variablesOf({ identity });
    expect(of('authorize-account')).toMatchObject({
      SIGN_IN_ISSUER: identity.issuer,
      SIGN_IN_CLIENT_ID: identity.clientId,
    });
    expect(of('show-openapi')['OPENAPI_ISSUER']).toBe(identity.issuer);
    for (const name of ['delete-account', 'erase-accounts']) {
      expect(of(name)['USER_POOL_ID'], name).toBe('none');
    }
  });
});

test.each([
  ['at CloudFront’s name', {}, 'https://DashboardDistribution.DomainName'],
  [
    'at a domain of its own',
    { domain: { name: 'keys.example.com', certificateArn: dashboardCertificateArn } },
    'https://keys.example.com',
  ],
  ['elsewhere', { url: 'https://keys.example.org' }, 'https://keys.example.org'],
])(
  'the dashboard’s address, %s, reaches every route of the account, the mails to its owner and about alerts, and nothing else',
  (_, dashboard, url) => {
    const synthesized = synthesize('dev', { dashboard });
    const told = [...functionsOf(synthesized).values()].flatMap((fn) => {
      const { DASHBOARD_ORIGIN } = environmentOf(fn);
      return DASHBOARD_ORIGIN === undefined ? [] : [[fn.name, DASHBOARD_ORIGIN]];
    });
    const ofAccount = [...methodsOf(synthesized)].filter(([route]) => /^\w+ \/account(\/|$)/.test(route));
    const behind = ofAccount.flatMap(([, method]) => functionBehind(method) ?? []);
    expect(behind).toContain('AccountsGetAccount');
    const mails = ['AccountMailMailAccount', 'AlertNewsDeliverAlerts'];
    expect(told.sort()).toEqual([...behind, ...mails].sort().map((name) => [name, url]));
  },
);

test('whoever deploys with a wrong configuration reads what is wrong, and no stack trace', () => {
  const context = { stage: 'dev', stages: { dev: { rotation: { intervalDays: 5 }, surplus: 1 } } };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [fileURLToPath(new URL('../../bin/latchkey.ts', import.meta.url))],
    { encoding: 'utf8', env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context) } },
  );
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^stages\.dev in cdk\.json:\n/);
  expect(stderr).toContain('notice and grace together must be shorter than the interval');
  expect(stderr).toContain('"surplus"');
  expect(stderr).not.toMatch(/^\s+at .*[:(]\d+|node:internal|ConfigError/m);
  expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(5);
});
