import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { bundleFunctions } from '../../lib/constructs/function-bundle.ts';
import { functionEntries } from '../../lib/function-entries.ts';
import {
  allVariants,
  at,
  auditing,
  environmentOf,
  functionsOf,
  identityPoliciesOf,
  list,
  management,
  type Properties,
  type Resource,
  removeAssemblies,
  roleStatements,
  type Statement,
  type Synthesized,
  statements,
  synthesize,
  template,
} from './support.ts';

afterAll(removeAssemblies);

/** Runs in a process of its own: imports each bundle with all of its variables, then without each of them. */
const loadEach = `
  const { environments, standard, urls } = JSON.parse(process.argv[1]);
  const answer = {};
  for (const [name, environment] of Object.entries(environments)) {
    answer[name] = {};
    for (const missing of ['', ...Object.keys(environment).filter((name) => !standard.includes(name))]) {
      process.env = { ...environment, AWS_REGION: 'eu-west-1' };
      delete process.env[missing];
      answer[name][missing] = await import(urls[name] + '?without=' + missing).then(
        (module) => (typeof module.handler === 'function' ? '' : 'no handler'),
        (error) => error.name + ': ' + error.message,
      );
    }
  }
  process.stdout.write(JSON.stringify(answer));
`;

const readsItems = { 'kms:Decrypt through dynamodb': ['EncryptionDataKey'] };
/** What DynamoDB asks of whoever writes to a table that is encrypted by our own key. */
const writesItems = {
  'kms:Decrypt through dynamodb': ['EncryptionDataKey'],
  'kms:DescribeKey through dynamodb': ['EncryptionDataKey'],
  'kms:Encrypt through dynamodb': ['EncryptionDataKey'],
  'kms:GenerateDataKey through dynamodb': ['EncryptionDataKey'],
  'kms:ReEncryptFrom through dynamodb': ['EncryptionDataKey'],
  'kms:ReEncryptTo through dynamodb': ['EncryptionDataKey'],
};
const readsPeppers = {
  'secretsmanager:GetSecretValue': ['KeysPepper'],
  'kms:Decrypt through secretsmanager': ['EncryptionDataKey'],
};
const opensHandovers = { 'kms:Decrypt': ['KeysHandoverKey'] };
const sealsHandovers = { 'kms:Encrypt': ['KeysHandoverKey'] };
const changesKeys = { 'dynamodb:GetItem': ['Keys'], 'dynamodb:PutItem': ['Keys'], ...writesItems };
const readsClaimSecret = {
  'secretsmanager:GetSecretValue': ['DeliveryClaimSecret'],
  'kms:Decrypt through secretsmanager': ['EncryptionDataKey'],
};
/** Makes a new secret for whoever has a link: it never reads one that is under way. */
const replacesSecrets = {
  ...changesKeys,
  ...readsPeppers,
  ...readsClaimSecret,
  'secretsmanager:GetSecretValue': ['DeliveryClaimSecret', 'KeysPepper'],
  ...sealsHandovers,
};
/** As one sender, through one configuration set. */
const sendsMail = {
  'ses:SendRawEmail if {"StringEquals":{"ses:FromAddress":"no-reply@aiweedcompany.com"}}': [
    'arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:configuration-set/MailConfigurationSet',
    'arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/aiweedcompany.com',
  ],
};
const alertsAdmins = {
  'sns:Publish': ['AdminAlertsTopic'],
  'kms:Decrypt through sns': ['AdminAlertsTopicKey'],
  'kms:GenerateDataKey through sns': ['AdminAlertsTopicKey'],
};
const makesUsageKeys = {
  // The plans by their names: which ids they have, functions behind the API cannot be told.
  'apigateway:GET': ['/apikeys', '/usageplans'],
  'apigateway:PATCH': ['/apikeys/*'],
  'apigateway:POST': [
    '/apikeys',
    '/usageplans/ApiRestApiUsagePlanenterprise/keys',
    '/usageplans/ApiRestApiUsagePlanfree/keys',
    '/usageplans/ApiRestApiUsagePlanpro/keys',
  ],
};

/** Removes what is left of a deleted account: names of its keys, usage keys, the customer at Stripe, the user who signs in. */
const erases = {
  'dynamodb:GetItem': ['Keys', 'Subscriptions'],
  'dynamodb:PutItem': ['Keys', 'Subscriptions'],
  'dynamodb:UpdateItem': ['Subscriptions'],
  'dynamodb:Query': ['Keys/index/bySubscription'],
  ...writesItems,
  'apigateway:GET': ['/apikeys'],
  'apigateway:DELETE': ['/apikeys/*'],
  'secretsmanager:GetSecretValue': ['PaymentsStripeApiKey'],
  'kms:Decrypt through secretsmanager': ['EncryptionDataKey'],
  'cognito-idp:AdminDeleteUser': [
    'arn:<AWS::Partition>:cognito-idp:<AWS::Region>:<AWS::AccountId>:userpool/IdentityUsersPool',
  ],
};

/** Has what is known of a key's use looked at once more, without reading it. */
const endsKeys = { 'dynamodb:UpdateItem of key#*': ['DetectionActivity'] };

const asksStripe = {
  'secretsmanager:GetSecretValue': ['PaymentsStripeApiKey'],
  'kms:Decrypt through secretsmanager': ['EncryptionDataKey'],
};
/** Asks Stripe, and makes a subscription and its keys what it says. */
const followsPayments = {
  'dynamodb:GetItem': ['Keys', 'Subscriptions'],
  'dynamodb:PutItem': ['Keys', 'Subscriptions'],
  'dynamodb:UpdateItem': ['Subscriptions'],
  ...writesItems,
  ...makesUsageKeys,
  ...asksStripe,
};
/** Both: where Stripe's messages cannot be checked, nobody is asked to pay. */
const readsBothOfStripe = {
  'secretsmanager:GetSecretValue': ['PaymentsStripeApiKey', 'PaymentsStripeWebhookSecret'],
};

/**
 * All that each function may do beside writing its own log group and its traces: action -> resources. A condition
 * stands after the action. Whoever changes a grant changes this table, and a reviewer sees what a function gains.
 */
const permissions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'authorize-request': { 'dynamodb:GetItem': ['Keys'], ...readsItems, ...readsPeppers },
  // It counts without reading; what is usual for a subscription is none of its business.
  'aggregate-traffic': {
    'dynamodb:UpdateItem of key#*, api': ['DetectionActivity'],
    'dynamodb:PutItem of batch#*': ['DetectionActivity'],
    ...writesItems,
  },
  // The first sign-in of somebody opens an account: it puts what is new, and changes none but to join it.
  'authorize-account': {
    'dynamodb:GetItem of sub_*, email#*, owner#*': ['Subscriptions'],
    'dynamodb:PutItem of sub_*, email#*, owner#*': ['Subscriptions'],
    ...writesItems,
  },
  'get-account': {
    'dynamodb:GetItem': ['Subscriptions', 'Usage'],
    ...readsItems,
  },
  'list-account-keys': {
    'dynamodb:GetItem': ['Keys', 'Usage'],
    'dynamodb:Query': ['Keys/index/bySubscription'],
    ...readsItems,
  },
  'get-account-key': { 'dynamodb:GetItem': ['Keys', 'Usage'], ...readsItems },
  'create-account-key': {
    'dynamodb:GetItem': ['Keys', 'Subscriptions'],
    'dynamodb:PutItem': ['Keys', 'Subscriptions'],
    'dynamodb:UpdateItem': ['Subscriptions'],
    ...writesItems,
    ...readsPeppers,
    ...sealsHandovers,
    ...opensHandovers,
    ...makesUsageKeys,
  },
  // It reads the preferences of the account, and writes nothing of it.
  'rotate-account-key': {
    'dynamodb:GetItem': ['Keys', 'Subscriptions'],
    'dynamodb:PutItem': ['Keys'],
    'dynamodb:GetItem of idempotency#*': ['Subscriptions'],
    'dynamodb:PutItem of idempotency#*': ['Subscriptions'],
    ...writesItems,
    ...readsPeppers,
    ...sealsHandovers,
    ...opensHandovers,
  },
  // Of alerts it reads what is the account's own, by the function's own check.
  'list-account-alerts': {
    'dynamodb:BatchGetItem': ['Alerts'],
    'dynamodb:GetItem': ['Keys'],
    'dynamodb:Query': ['Alerts/index/byOpenOf', 'Alerts/index/bySubscription'],
    ...readsItems,
  },
  'get-account-alert': { 'dynamodb:GetItem': ['Alerts', 'Keys'], ...readsItems },
  // As rotate-account-key, and the answer with it.
  'answer-account-alert': {
    'dynamodb:GetItem': ['Alerts', 'Keys', 'Subscriptions'],
    'dynamodb:PutItem': ['Alerts', 'Keys'],
    'dynamodb:GetItem of idempotency#*': ['Subscriptions'],
    'dynamodb:PutItem of idempotency#*': ['Subscriptions'],
    'dynamodb:UpdateItem of acts#*': ['Subscriptions'],
    ...writesItems,
    ...readsPeppers,
    ...sealsHandovers,
    ...opensHandovers,
  },
  // It counts how often its owner does so.
  'suspend-account-key': { ...changesKeys, 'dynamodb:UpdateItem of acts#*': ['Subscriptions'] },
  'revoke-account-key': {
    'dynamodb:GetItem': ['Keys', 'Subscriptions'],
    'dynamodb:PutItem': ['Keys', 'Subscriptions'],
    ...endsKeys,
    ...writesItems,
  },
  'store-account-secret': changesKeys,
  'claim-account-key': { ...changesKeys, ...opensHandovers },
  'report-account-usage': { 'dynamodb:GetItem': ['Subscriptions', 'Usage'], ...readsItems },
  'list-account-audit': {
    'dynamodb:GetItem': ['Keys'],
    'dynamodb:Query': ['Audit', 'Keys/index/bySubscription'],
    ...readsItems,
  },
  'change-account-settings': {
    'dynamodb:GetItem': ['Keys', 'Subscriptions'],
    'dynamodb:PutItem': ['Keys', 'Subscriptions'],
    ...writesItems,
  },
  'export-account': {
    'dynamodb:BatchGetItem': ['Alerts'],
    'dynamodb:GetItem': ['Keys', 'Subscriptions', 'Usage'],
    'dynamodb:Query': ['Alerts/index/bySubscription', 'Audit', 'Keys/index/bySubscription'],
    ...readsItems,
  },
  'delete-account': {
    ...erases,
    'dynamodb:DeleteItem of email#*, customer#*': ['Subscriptions'],
    ...endsKeys,
  },
  'erase-accounts': {
    ...erases,
    'dynamodb:Query': ['Keys/index/bySubscription', 'Subscriptions/index/byDue'],
  },
  'choose-tier': { ...followsPayments, ...readsBothOfStripe },
  'open-portal': {
    'dynamodb:GetItem': ['Subscriptions'],
    ...readsItems,
    ...asksStripe,
    ...readsBothOfStripe,
  },
  'receive-payment-event': { ...followsPayments, ...readsBothOfStripe },
  // Tells get-account and export-account, which read no secret, whether there are any.
  'check-payments': {
    'dynamodb:GetItem of availability#payments': ['Subscriptions'],
    'dynamodb:PutItem of availability#payments': ['Subscriptions'],
    ...writesItems,
    ...asksStripe,
    ...readsBothOfStripe,
  },
  'settle-payments': { ...followsPayments, 'dynamodb:Query': ['Subscriptions/index/byDue'] },
  'approve-request': followsPayments,
  'decline-request': {
    'dynamodb:GetItem': ['Subscriptions'],
    'dynamodb:PutItem': ['Subscriptions'],
    ...writesItems,
  },
  'list-requests': {
    'dynamodb:GetItem': ['Subscriptions'],
    'dynamodb:Query': ['Subscriptions/index/byRequest'],
    ...readsItems,
  },
  'evaluate-decision': { 'dynamodb:UpdateItem': ['Usage'], ...writesItems },
  'report-usage': { 'dynamodb:GetItem': ['Usage'], ...readsItems },
  'generate-key': {
    'dynamodb:GetItem': ['Keys', 'Subscriptions'],
    'dynamodb:PutItem': ['Keys', 'Subscriptions'],
    'dynamodb:UpdateItem': ['Subscriptions'],
    ...writesItems,
    ...readsPeppers,
    ...sealsHandovers,
    ...opensHandovers,
    ...makesUsageKeys,
  },
  'rotate-key': {
    'dynamodb:GetItem': ['Keys'],
    'dynamodb:PutItem': ['Keys'],
    'dynamodb:GetItem of idempotency#*': ['Subscriptions'],
    'dynamodb:PutItem of idempotency#*': ['Subscriptions'],
    ...writesItems,
    ...readsPeppers,
    ...sealsHandovers,
    ...opensHandovers,
  },
  'revoke-key': {
    'dynamodb:GetItem': ['Keys', 'Subscriptions'],
    'dynamodb:PutItem': ['Keys', 'Subscriptions'],
    ...endsKeys,
    ...writesItems,
  },
  'suspend-key': { 'dynamodb:GetItem': ['Keys'], 'dynamodb:PutItem': ['Keys'], ...writesItems },
  'resume-key': { 'dynamodb:GetItem': ['Keys'], 'dynamodb:PutItem': ['Keys'], ...writesItems },
  'change-tier': {
    'dynamodb:GetItem': ['Keys', 'Subscriptions'],
    'dynamodb:PutItem': ['Keys', 'Subscriptions'],
    'dynamodb:UpdateItem': ['Subscriptions'],
    ...writesItems,
    ...makesUsageKeys,
  },
  'rotate-pepper': {
    'dynamodb:GetItem of platform': ['Subscriptions'],
    'dynamodb:PutItem of platform': ['Subscriptions'],
    ...writesItems,
    'secretsmanager:GetSecretValue': ['KeysPepper'],
    'secretsmanager:PutSecretValue': ['KeysPepper'],
    'kms:Decrypt through secretsmanager': ['EncryptionDataKey'],
    'kms:DescribeKey through secretsmanager': ['EncryptionDataKey'],
    'kms:Encrypt through secretsmanager': ['EncryptionDataKey'],
    'kms:GenerateDataKey through secretsmanager': ['EncryptionDataKey'],
    'kms:ReEncryptFrom through secretsmanager': ['EncryptionDataKey'],
    'kms:ReEncryptTo through secretsmanager': ['EncryptionDataKey'],
  },
  'get-key': { 'dynamodb:GetItem': ['Keys'], ...readsItems, ...readsPeppers },
  'list-keys': {
    'dynamodb:GetItem': ['Keys', 'Subscriptions'],
    'dynamodb:Query': ['Keys/index/bySubscription'],
    ...readsItems,
  },
  'get-subscription': { 'dynamodb:GetItem': ['Subscriptions'], ...readsItems },
  'get-usage': { 'dynamodb:GetItem': ['Subscriptions', 'Usage'], ...readsItems },
  'get-pepper-usage': { 'dynamodb:Scan': ['Keys'], ...readsItems, ...readsPeppers },
  'record-audit': {
    'dynamodb:GetItem': ['Audit'],
    'dynamodb:PutItem': ['Audit'],
    'dynamodb:Query': ['Audit'],
    'dynamodb:DescribeStream': ['Alerts.StreamArn', 'Keys.StreamArn', 'Subscriptions.StreamArn'],
    'dynamodb:GetRecords': ['Alerts.StreamArn', 'Keys.StreamArn', 'Subscriptions.StreamArn'],
    'dynamodb:GetShardIterator': ['Alerts.StreamArn', 'Keys.StreamArn', 'Subscriptions.StreamArn'],
    // Takes no resource: it tells which streams the account has, and nothing of what is in them.
    'dynamodb:ListStreams': ['*'],
    ...writesItems,
    'kms:GenerateMac': ['AuditSealKey'],
  },
  'query-audit': { 'dynamodb:Query': ['Audit', 'Audit/index/byDay'], ...readsItems },
  'verify-audit': {
    'dynamodb:GetItem': ['Alerts', 'Keys', 'Subscriptions'],
    'dynamodb:Query': ['Audit'],
    'dynamodb:Scan': ['Alerts', 'Audit', 'Keys', 'Subscriptions'],
    ...readsItems,
    'kms:VerifyMac': ['AuditSealKey'],
  },
  // It puts alerts and updates what is usual; keys and subscriptions it only reads.
  'detect-anomalies': {
    'dynamodb:BatchGetItem': ['Alerts', 'DetectionActivity', 'Subscriptions', 'Usage'],
    'dynamodb:GetItem': ['Keys'],
    'dynamodb:PutItem': ['Alerts'],
    'dynamodb:Query': ['DetectionActivity/index/byLook'],
    'dynamodb:UpdateItem': ['DetectionActivity'],
    ...writesItems,
  },
  'list-alerts': {
    'dynamodb:BatchGetItem': ['Alerts'],
    'dynamodb:Query': ['Alerts/index/byOpen', 'Alerts/index/byOpenOf', 'Alerts/index/bySubscription'],
    ...readsItems,
  },
  'acknowledge-alert': { 'dynamodb:GetItem': ['Alerts'], 'dynamodb:PutItem': ['Alerts'], ...writesItems },
  // It seals what it makes, and cannot open it again: only its owner, by deliver-key or open-claim, may.
  'rotate-keys': {
    ...changesKeys,
    'dynamodb:Query': ['Keys/index/byDue'],
    ...readsPeppers,
    ...sealsHandovers,
  },
  'deliver-key': {
    'dynamodb:GetItem': ['Keys', 'Subscriptions', 'Usage'],
    'dynamodb:PutItem': ['Keys'],
    ...writesItems,
    'dynamodb:DescribeStream': ['Keys.StreamArn'],
    'dynamodb:GetRecords': ['Keys.StreamArn'],
    'dynamodb:GetShardIterator': ['Keys.StreamArn'],
    'dynamodb:ListStreams': ['*'],
    ...opensHandovers,
    ...readsClaimSecret,
    ...sendsMail,
    ...alertsAdmins,
  },
  // It writes to no table: what it tells stands on the item that it was told of.
  'mail-account': {
    'dynamodb:GetItem': ['Subscriptions'],
    ...readsItems,
    'dynamodb:DescribeStream': ['Subscriptions.StreamArn'],
    'dynamodb:GetRecords': ['Subscriptions.StreamArn'],
    'dynamodb:GetShardIterator': ['Subscriptions.StreamArn'],
    'dynamodb:ListStreams': ['*'],
    ...readsClaimSecret,
    ...sendsMail,
    ...alertsAdmins,
  },
  // It writes to no table where no tier has a policy by which it suspends keys.
  'deliver-alerts': {
    'dynamodb:GetItem': ['Alerts', 'Keys', 'Subscriptions'],
    ...readsItems,
    'dynamodb:DescribeStream': ['Alerts.StreamArn'],
    'dynamodb:GetRecords': ['Alerts.StreamArn'],
    'dynamodb:GetShardIterator': ['Alerts.StreamArn'],
    'dynamodb:ListStreams': ['*'],
    ...readsClaimSecret,
    ...sendsMail,
    ...alertsAdmins,
  },
  'record-mail-event': {
    'dynamodb:GetItem': ['Keys', 'Subscriptions'],
    'dynamodb:PutItem': ['Keys', 'Subscriptions'],
    ...writesItems,
    // What mails are sealed with: who may tell of one is whoever sent it.
    ...readsClaimSecret,
    ...alertsAdmins,
  },
  'show-openapi': {},
  'open-claim': { ...changesKeys, ...opensHandovers, ...readsClaimSecret },
  'store-claim': { ...changesKeys, ...readsClaimSecret },
  'renew-claim': replacesSecrets,
  'dispute-claim': replacesSecrets,
  'update-subscription': {
    'dynamodb:GetItem': ['Keys', 'Subscriptions'],
    'dynamodb:PutItem': ['Keys', 'Subscriptions'],
    // The lock on an address that is given up: no other item of any table can be deleted by anybody.
    'dynamodb:DeleteItem of email#*': ['Subscriptions'],
    ...writesItems,
  },
};

/** Memory in MB and timeout in seconds. */
const sizes: Readonly<Record<string, readonly [number, number]>> = {
  // Thousands of lines, and writes that wait for each other.
  'aggregate-traffic': [512, 60],
  // API Gateway waits; a cold start is CPU, and CPU comes with memory.
  'authorize-request': [1024, 5],
  'authorize-account': [1024, 5],
  'answer-account-alert': [512, 15],
  'change-account-settings': [512, 15],
  'claim-account-key': [512, 15],
  'create-account-key': [512, 29],
  'delete-account': [512, 29],
  'erase-accounts': [512, 900],
  'export-account': [512, 29],
  'get-account': [512, 15],
  'get-account-alert': [512, 15],
  'get-account-key': [512, 15],
  'list-account-alerts': [512, 15],
  'list-account-audit': [512, 15],
  'list-account-keys': [512, 15],
  'report-account-usage': [512, 15],
  'revoke-account-key': [512, 15],
  'rotate-account-key': [512, 15],
  'store-account-secret': [512, 15],
  'store-claim': [512, 15],
  'suspend-account-key': [512, 15],
  // These wait for Stripe, and now and then for API Gateway to take another usage key.
  'approve-request': [512, 60],
  'choose-tier': [512, 29],
  'open-portal': [512, 29],
  'receive-payment-event': [512, 29],
  // All that is due, of any number of subscriptions.
  'settle-payments': [512, 900],
  'check-payments': [512, 15],
  'decline-request': [512, 15],
  'list-requests': [512, 15],
  // Waits while API Gateway is slow to take another usage key.
  'change-tier': [512, 30],
  // Ten changes at once, each with a mail that takes up to half a minute when SES is slow.
  'deliver-key': [512, 300],
  // A hundred alerts, ten at once, each with a mail.
  'deliver-alerts': [512, 600],
  'dispute-claim': [512, 15],
  'evaluate-decision': [1024, 15],
  'generate-key': [512, 30],
  'get-key': [512, 15],
  // These two look at everything there is.
  'get-pepper-usage': [512, 900],
  'verify-audit': [1024, 900],
  'get-subscription': [512, 15],
  'get-usage': [512, 15],
  'list-keys': [512, 15],
  // As for deliver-key.
  'mail-account': [512, 300],
  'open-claim': [512, 15],
  'query-audit': [512, 15],
  'record-audit': [512, 60],
  'record-mail-event': [512, 15],
  'renew-claim': [512, 15],
  'report-usage': [512, 15],
  'resume-key': [512, 15],
  'revoke-key': [512, 15],
  'rotate-key': [512, 15],
  'acknowledge-alert': [512, 15],
  'list-alerts': [512, 15],
  // All that was used in the hour before, of any number of keys.
  'detect-anomalies': [1024, 900],
  // All that is due, of any number of keys.
  'rotate-keys': [1024, 900],
  'rotate-pepper': [512, 15],
  'show-openapi': [512, 15],
  'suspend-key': [512, 15],
  'update-subscription': [512, 15],
};

/** What a role may do by action, with the condition after the action and without the account's part of API Gateway's ARNs. */
function permitted(granted: readonly Statement[]): Record<string, string[]> {
  const table: Record<string, string[]> = {};
  for (const { effect, actions, resources, condition } of granted) {
    expect(effect).toBe('Allow');
    for (const action of actions) {
      const key = `${action}${conditionText(condition)}`;
      const short = resources.map((arn) =>
        arn.replace('arn:<AWS::Partition>:apigateway:<AWS::Region>::', ''),
      );
      table[key] = [...new Set([...(table[key] ?? []), ...short])].sort();
    }
  }
  return table;
}

function conditionText(condition: unknown): string {
  if (condition === undefined) return '';
  const text = JSON.stringify(condition);
  const service = /^\{"StringEquals":\{"kms:ViaService":"(\w+)\.<AWS::Region>\.amazonaws\.com"\}\}$/.exec(
    text,
  )?.[1];
  if (service !== undefined) return ` through ${service}`;
  const keys = /^\{"ForAllValues:StringLike":\{"dynamodb:LeadingKeys":\[([^\]]+)\]\}\}$/.exec(text)?.[1];
  return keys === undefined ? ` if ${text}` : ` of ${keys.replaceAll('"', '').replaceAll(',', ', ')}`;
}

describe.each(['dev', 'prod'] as const)('functions of %s', (stage) => {
  const synthesized = template(stage);
  const { one, ofType } = synthesized;
  const functions = functionsOf(synthesized);
  const roleOf = (fn: Resource | undefined) => String(fn?.properties['Role']);

  test('are these and no other', () => {
    expect([...functions.keys()].sort()).toEqual(Object.keys(permissions).sort());
    expect([...functions.keys()].sort()).toEqual(Object.keys(functionEntries).sort());
  });

  test.each(Object.keys(permissions))('%s may do what its work needs, and nothing else', (name) => {
    const role = roleOf(functions.get(name));
    expect(permitted(roleStatements(synthesized, role))).toEqual({
      ...permissions[name],
      'logs:CreateLogStream': [String(at(functions.get(name)?.properties, 'LoggingConfig', 'LogGroup'))],
      'logs:PutLogEvents': [String(at(functions.get(name)?.properties, 'LoggingConfig', 'LogGroup'))],
      // X-Ray takes no resource.
      'xray:PutTelemetryRecords': ['*'],
      'xray:PutTraceSegments': ['*'],
    });
    const { properties } = one('AWS::IAM::Role', role);
    expect(properties['ManagedPolicyArns'] ?? []).toEqual([]);
    expect(list(properties['Policies'])).toEqual([
      { PolicyName: 'Permissions', PolicyDocument: expect.any(Object) },
    ]);
  });

  test.each([...functions])(
    '%s has a role that nobody else has, and that only Lambda can take on',
    (_, fn) => {
      const role = roleOf(fn);
      expect([...functions.values()].filter((other) => roleOf(other) === role)).toEqual([fn]);
      expect(one('AWS::IAM::Role', role).properties['AssumeRolePolicyDocument']).toEqual({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
        ],
      });
    },
  );

  test('share no policy: each is attached to one role', () => {
    for (const { properties } of ofType('AWS::IAM::Policy')) {
      expect(list(properties['Roles'])).toHaveLength(1);
      expect([properties['Users'], properties['Groups']]).toEqual([undefined, undefined]);
    }
  });

  test.each([...functions])('%s runs on Node.js 24 on ARM with tracing, and stops in time', (name, fn) => {
    expect(fn.properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
    expect([fn.properties['MemorySize'], fn.properties['Timeout']]).toEqual(sizes[name]);
  });
});

describe.each(allVariants)('in %s', (variant) => {
  const synthesized = template(variant);
  const { ofType, text } = synthesized;
  const identityPolicies = identityPoliciesOf(synthesized);
  const granted = identityPolicies.flatMap((policy) => policy.statements);

  test('no permission has a wildcard in its action, and none has the resource * but for actions that take no other', () => {
    expect(granted.length).toBeGreaterThan(0);
    expect(granted.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
    const everywhere = granted.filter(({ resources }) => resources.includes('*'));
    expect([...new Set(everywhere.flatMap(({ actions }) => actions))].sort()).toEqual([
      'dynamodb:ListStreams',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
    expect(text).not.toMatch(/"Not(Action|Resource|Principal)"/);
  });

  test('a resource lets nobody but an AWS service in, and that only for this account', () => {
    const documents = synthesized.resources
      .filter(({ type }) => type !== 'AWS::KMS::Key' && type !== 'AWS::IAM::Role')
      .flatMap(({ properties }) => ('PolicyDocument' in properties ? [properties['PolicyDocument']] : []))
      .flatMap(statements)
      .filter(({ principal }) => principal !== undefined);
    for (const { effect, actions, principal, condition } of documents.filter(
      (statement) => statement.effect !== 'Deny',
    )) {
      expect(effect).toBe('Allow');
      expect(principal).toEqual({
        Service: expect.stringMatching(/^(cloudfront|cloudtrail|cloudwatch|ses)\.amazonaws\.com$/),
      });
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
      if (JSON.stringify(principal).includes('cloudtrail')) continue;
      if (JSON.stringify(principal).includes('cloudfront')) {
        expect(condition).toEqual({
          StringEquals: {
            'AWS:SourceArn':
              'arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/DashboardDistribution',
          },
        });
        continue;
      }
      expect(JSON.stringify(condition)).toMatch(/"aws:SourceAccount":"<AWS::AccountId>"/i);
    }
  });

  test('no key and no secret is handed over to another account, and nobody is created who could log in', () => {
    expect(ofType('AWS::SecretsManager::ResourcePolicy')).toEqual([]);
    for (const type of ['AWS::IAM::User', 'AWS::IAM::Group', 'AWS::IAM::AccessKey', 'AWS::KMS::Grant']) {
      expect(ofType(type)).toEqual([]);
    }
  });

  test('functions are called by resource policy as these routes, logs, this topic and these rules alone', () => {
    const permissionTable = ofType('AWS::Lambda::Permission').map(({ properties }) => [
      properties['FunctionName'],
      properties['Action'],
      properties['Principal'],
      properties['SourceArn'],
      ...('SourceAccount' in properties ? [properties['SourceAccount']] : []),
    ]);
    const source = 'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:ApiRestApi';
    const stage = `ApiRestApiDeploymentStage${synthesized.stage}`;
    const caller = ['lambda:InvokeFunction', 'apigateway.amazonaws.com'];
    const invoke = 'lambda:InvokeFunction';
    const route = `${source}/${stage}`;
    expect(permissionTable.sort()).toEqual([
      ['AccountsAuthorizeAccount', ...caller, `${source}/authorizers/AccountsAuthorizer`],
      ['AccountsChangeAccountSettings', ...caller, `${route}/PUT/account/settings`],
      ['AccountsClaimAccountKey', ...caller, `${route}/POST/account/keys/*/claim`],
      ['AccountsCreateAccountKey', ...caller, `${route}/POST/account/keys`],
      ['AccountsDeleteAccount', ...caller, `${route}/DELETE/account`],
      ['AccountsEraseAccounts', invoke, 'events.amazonaws.com', 'AccountsHourly'],
      ['AccountsExportAccount', ...caller, `${route}/GET/account/export`],
      ['AccountsGetAccount', ...caller, `${route}/GET/account`],
      ['AccountsGetAccountKey', ...caller, `${route}/GET/account/keys/*`],
      ['AccountsListAccountAudit', ...caller, `${route}/GET/account/audit`],
      ['AccountsListAccountKeys', ...caller, `${route}/GET/account/keys`],
      ['AccountsReportAccountUsage', ...caller, `${route}/GET/account/usage`],
      ['AccountsRevokeAccountKey', ...caller, `${route}/DELETE/account/keys/*`],
      ['AccountsRotateAccountKey', ...caller, `${route}/POST/account/keys/*/rotate`],
      ['AccountsStoreAccountSecret', ...caller, `${route}/POST/account/keys/*/stored`],
      ['AccountsSuspendAccountKey', ...caller, `${route}/PUT/account/keys/*/suspension`],
      ['AlertsAnswerAccountAlert', ...caller, `${route}/POST/account/alerts/*/answer`],
      ['AlertsGetAccountAlert', ...caller, `${route}/GET/account/alerts/*`],
      ['AlertsListAccountAlerts', ...caller, `${route}/GET/account/alerts`],
      ['AuthorizerAuthorizeRequest', ...caller, `${source}/authorizers/Authorizer`],
      ['DecisionsEvaluateDecision', ...caller, `${source}/${stage}/POST/decisions/evaluate`],
      ['DeliveryDisputeClaim', ...caller, `${source}/${stage}/POST/claims/dispute`],
      ['DeliveryOpenClaim', ...caller, `${source}/${stage}/POST/claims`],
      ['DeliveryRecordMailEvent', invoke, 'sns.amazonaws.com', 'MailEvents'],
      ['DeliveryRenewClaim', ...caller, `${source}/${stage}/POST/claims/renew`],
      ['DeliveryStoreClaim', ...caller, `${source}/${stage}/POST/claims/stored`],
      ['DetectionAggregateTraffic', invoke, 'logs.amazonaws.com', 'ApiAccessLog', '<AWS::AccountId>'],
      [
        'DetectionAggregateTraffic',
        invoke,
        'logs.amazonaws.com',
        'AuthorizerAuthorizeRequestLogs',
        '<AWS::AccountId>',
      ],
      ['DetectionDetectAnomalies', invoke, 'events.amazonaws.com', 'DetectionHourly'],
      ['OpenApiShowOpenApi', ...caller, `${source}/${stage}/GET/openapi.json`],
      ['PaymentsCheckPayments', invoke, 'events.amazonaws.com', 'PaymentsEveryMinute'],
      ['PaymentsChooseTier', ...caller, `${route}/PUT/account/tier`],
      ['PaymentsOpenPortal', ...caller, `${route}/POST/account/portal`],
      ['PaymentsReceivePaymentEvent', ...caller, `${route}/POST/webhooks/stripe`],
      ['PaymentsSettlePayments', invoke, 'events.amazonaws.com', 'PaymentsHourly'],
      ['RotationRotateKeys', invoke, 'events.amazonaws.com', 'RotationHourly'],
      ['UsageReportUsage', ...caller, `${source}/${stage}/GET/usage`],
    ]);
    expect(ofType('AWS::Lambda::Url')).toEqual([]);
  });

  test('the right to invoke management functions is in two policies and nowhere else (R26)', () => {
    const invoking = identityPolicies.filter((policy) =>
      policy.statements.some(({ actions }) => actions.some((action) => action.startsWith('lambda:'))),
    );
    const names = ['ManagementAccessKeyAdministrators', 'ManagementAccessKeyAuditors'];
    expect(invoking.map(({ name }) => name).sort()).toEqual(names);
    // Both are attached to nobody: the operator says who holds them.
    for (const name of names) {
      const { properties } = synthesized.one('AWS::IAM::ManagedPolicy', name);
      expect([properties['Roles'], properties['Users'], properties['Groups']]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }
    const invocable = (name: string) => {
      const [only, ...more] = statements(
        synthesized.one('AWS::IAM::ManagedPolicy', name).properties['PolicyDocument'],
      );
      expect(more).toEqual([]);
      expect(only).toMatchObject({ effect: 'Allow', actions: ['lambda:InvokeFunction'] });
      expect([only?.principal, only?.condition]).toEqual([undefined, undefined]);
      return only?.resources.toSorted();
    };
    expect(invocable('ManagementAccessKeyAdministrators')).toEqual(Object.values(management).toSorted());
    expect(invocable('ManagementAccessKeyAuditors')).toEqual(
      auditing.map((name) => management[name]).toSorted(),
    );
  });

  test('every function but those that a request, a log, a stream, a topic or a rule invokes is managed through these policies', () => {
    const { stage } = synthesized;
    const byItself = [
      'aggregate-traffic',
      'answer-account-alert',
      'authorize-account',
      'authorize-request',
      'change-account-settings',
      'check-payments',
      'choose-tier',
      'claim-account-key',
      'create-account-key',
      'delete-account',
      'deliver-alerts',
      'deliver-key',
      'detect-anomalies',
      'dispute-claim',
      'erase-accounts',
      'evaluate-decision',
      'export-account',
      'get-account',
      'get-account-alert',
      'get-account-key',
      'list-account-alerts',
      'list-account-audit',
      'list-account-keys',
      'mail-account',
      'open-claim',
      'open-portal',
      'receive-payment-event',
      'record-audit',
      'record-mail-event',
      'renew-claim',
      'report-account-usage',
      'report-usage',
      'revoke-account-key',
      'rotate-account-key',
      'rotate-keys',
      'settle-payments',
      'show-openapi',
      'store-account-secret',
      'store-claim',
      'suspend-account-key',
    ];
    const invocable = Object.keys(functionEntries).filter((name) => !byItself.includes(name));
    expect(Object.keys(management).toSorted()).toEqual(invocable.toSorted());
    for (const [name, resource] of Object.entries(management)) {
      const fn = synthesized.one('AWS::Lambda::Function', resource);
      expect(fn.properties['FunctionName']).toBe(`latchkey-${stage}-${name}`);
    }
  });

  test('nobody updates or deletes an entry of the record, and one function alone adds any', () => {
    const onAudit = identityPolicies.flatMap((policy) =>
      policy.statements
        .filter(({ resources }) => resources.some((resource) => /^Audit(\/|\.|$)/.test(resource)))
        .flatMap(({ actions }) => actions.map((action) => [policy.roles.join(), action])),
    );
    expect(onAudit.sort()).toEqual([
      ['AccountsExportAccountRole', 'dynamodb:Query'],
      ['AccountsListAccountAuditRole', 'dynamodb:Query'],
      ['AuditQueryAuditRole', 'dynamodb:Query'],
      ['AuditRecordAuditRole', 'dynamodb:GetItem'],
      ['AuditRecordAuditRole', 'dynamodb:PutItem'],
      ['AuditRecordAuditRole', 'dynamodb:Query'],
      ['AuditVerifyAuditRole', 'dynamodb:Query'],
      ['AuditVerifyAuditRole', 'dynamodb:Scan'],
    ]);
    // Nor by another way: a table's own policy, or an action on any table at all.
    for (const { properties } of ofType('AWS::DynamoDB::Table')) {
      expect(properties['ResourcePolicy']).toBeUndefined();
    }
    const actions = granted.flatMap((statement) => statement.actions);
    expect([...new Set(actions.filter((action) => action.startsWith('dynamodb:')))].sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:DeleteItem',
      'dynamodb:DescribeStream',
      'dynamodb:GetItem',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:Scan',
      'dynamodb:UpdateItem',
    ]);
  });

  test('nothing is deleted but locks, by the functions that change addresses and end accounts', () => {
    const deleting = identityPolicies.flatMap((policy) =>
      policy.statements
        .filter(({ actions }) => actions.includes('dynamodb:DeleteItem'))
        .map((statement) => [policy.roles.join(), statement]),
    );
    const deletes = (of: string[]) => ({
      effect: 'Allow',
      actions: ['dynamodb:DeleteItem'],
      resources: ['Subscriptions'],
      principal: undefined,
      condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': of } },
    });
    expect(Object.fromEntries(deleting)).toEqual({
      AccountsDeleteAccountRole: deletes(['email#*', 'customer#*']),
      DeliveryUpdateSubscriptionRole: deletes(['email#*']),
    });
    expect(deleting).toHaveLength(2);
  });

  test('a secret that awaits its owner is opened where it is delivered, shown or answered again, and nowhere else', () => {
    const onHandovers = (action: string) =>
      identityPolicies
        .filter((policy) =>
          policy.statements.some(
            ({ actions, resources }) => actions.includes(action) && resources.includes('KeysHandoverKey'),
          ),
        )
        .map(({ roles }) => roles.join())
        .sort();
    expect(onHandovers('kms:Decrypt')).toEqual([
      'AccountsClaimAccountKeyRole',
      'AccountsCreateAccountKeyRole',
      'AccountsRotateAccountKeyRole',
      'AlertsAnswerAccountAlertRole',
      'DeliveryDeliverKeyRole',
      'DeliveryOpenClaimRole',
      'KeyManagementGenerateKeyRole',
      'KeyManagementRotateKeyRole',
    ]);
    expect(onHandovers('kms:Encrypt')).toEqual([
      'AccountsCreateAccountKeyRole',
      'AccountsRotateAccountKeyRole',
      'AlertsAnswerAccountAlertRole',
      'DeliveryDisputeClaimRole',
      'DeliveryRenewClaimRole',
      'KeyManagementGenerateKeyRole',
      'KeyManagementRotateKeyRole',
      'RotationRotateKeysRole',
    ]);
  });

  test('only the recorder seals, only the verifier verifies, and neither can do what the other does', () => {
    const onSealKey = identityPolicies.flatMap((policy) =>
      policy.statements
        .filter(({ resources }) => resources.includes('AuditSealKey'))
        .map(({ actions }) => [policy.roles.join(), actions]),
    );
    expect(onSealKey.sort()).toEqual([
      ['AuditRecordAuditRole', ['kms:GenerateMac']],
      ['AuditVerifyAuditRole', ['kms:VerifyMac']],
    ]);
    expect(ofType('AWS::KMS::Alias')).toEqual([]);
  });
});

describe('the environment of functions', () => {
  const standard = ['POWERTOOLS_SERVICE_NAME', 'POWERTOOLS_METRICS_NAMESPACE'];
  const functions = functionsOf(template('prod'));
  const bundles = bundleFunctions(functionEntries);
  const environments = Object.fromEntries(
    [...functions].map(([name, fn]) => [name, environmentOf(fn)] as const),
  );

  /** Loads a function as Lambda does, whole and without each of its variables: what it complains of, by name left out. */
  const complaints = JSON.parse(
    execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        loadEach,
        JSON.stringify({ environments, standard, urls: urlsOf(bundles) }),
      ],
      { encoding: 'utf8', env: {}, maxBuffer: 1e7 },
    ),
  ) as Record<string, Record<string, string>>;

  test.each(Object.keys(functionEntries))('%s starts with what the template gives it', (name) => {
    expect(complaints[name]?.['']).toBe('');
  });

  test.each(Object.keys(functionEntries))('%s is given nothing that it does not need', (name) => {
    const given = Object.keys(environments[name] ?? {}).filter((variable) => !standard.includes(variable));
    expect(given.length).toBeGreaterThan(0);
    expect(given.map((variable) => [variable, complaints[name]?.[variable]])).toEqual(
      given.map((variable) => [
        variable,
        `EnvironmentError: environment variables missing or malformed: ${variable}`,
      ]),
    );
  });

  test.each([...functions])('%s tells its own name and stage in logs and metrics', (name, fn) => {
    expect(environmentOf(fn)).toMatchObject({
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: 'Latchkey/prod',
    });
  });

  test('holds no secret, only where one lies', () => {
    for (const [name, variables] of Object.entries(environments)) {
      for (const [variable, value] of Object.entries(variables)) {
        expect(value, `${name} ${variable}`).not.toMatch(/resolve:|[A-Za-z0-9+/=]{40,}/);
      }
    }
    expect(template('prod').text).not.toContain('{{resolve:');
  });
});

function urlsOf(bundles: Properties): Record<string, string> {
  return Object.fromEntries(
    Object.entries(bundles).map(([name, folder]) => [
      name,
      pathToFileURL(join(String(folder), 'index.mjs')).href,
    ]),
  );
}

describe.each([
  // Alerts it reads many at once, and changes in any case.
  ['detect-anomalies', { 'dynamodb:GetItem': ['Alerts', 'Keys'], 'dynamodb:PutItem': ['Alerts', 'Keys'] }],
  [
    'deliver-alerts',
    { 'dynamodb:GetItem': ['Alerts', 'Keys', 'Subscriptions'], 'dynamodb:PutItem': ['Alerts', 'Keys'] },
  ],
] as const)('%s, where a tier has a policy by which keys are suspended', (name, widened) => {
  const suspend = { pro: 'critical' };
  const synthesized = synthesize('dev', { alerts: { suspend } });
  const fn = functionsOf(synthesized).get(name);

  test('may write keys and the alerts that it suspends them for, and else nothing more', () => {
    const usual = permissions[name] ?? {};
    const actual = permitted(roleStatements(synthesized, String(fn?.properties['Role'])));
    expect(actual).toMatchObject({ ...usual, ...widened, ...writesItems });
    const more = Object.keys(actual).filter(
      (action) => !(action in usual) && !(action in writesItems) && !(action in widened),
    );
    expect(more.sort()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  test('is told the policy, and how a key that it writes is timed; without one it is told that there is none', () => {
    const told = (each: Synthesized) => {
      const { SUSPENSION_POLICY, ROTATION_POLICY } = environmentOf(
        functionsOf(each).get(name) ?? each.one('none'),
      );
      return [JSON.parse(SUSPENSION_POLICY ?? ''), ROTATION_POLICY !== undefined];
    };
    expect(told(synthesized)).toEqual([suspend, true]);
    expect(told(template('prod'))).toEqual([{}, false]);
  });
});
