/** A finding of a template check that is known and stays, with the reason in plain words. */
export interface AcknowledgedFinding {
  /** Rule as the check names it, with what it found in brackets where the rule tells that. */
  readonly rule: string;
  /** Construct path below the stack: a glob per segment, in which `{stage}` stands for the stage's name. */
  readonly path: string;
  readonly reason: string;
}

/**
 * Every finding that `check-template.ts` lets pass, and nothing else does. An entry that no longer matches a finding
 * fails the check too, so that this list never grows old.
 */
export const acknowledgedFindings: readonly AcknowledgedFinding[] = [
  {
    rule: 'AwsSolutions-SMG4',
    path: 'Keys/Pepper/Resource',
    reason:
      'Rotating the secret by schedule would replace the pepper that every key is hashed with and so kill all keys. A pepper is added beside the old one by hand: each item names the pepper that it was hashed with.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    path: '*/!(RecordAudit|DeliverKey|MailAccount|DeliverAlerts)Role/Resource',
    reason:
      'X-Ray takes no resource in its two write actions. That nothing but X-Ray has the resource * is what test/lib/template-permissions.test.ts pins, function by function.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    path: 'Audit/RecordAuditRole/Resource',
    reason:
      'Beside X-Ray, Lambda’s poller lists the account’s streams (dynamodb:ListStreams), which takes no resource. What it may read of a stream is granted for the three streams by name.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    path: 'Delivery/DeliverKeyRole/Resource',
    reason: 'As for record-audit: X-Ray, and ListStreams for Lambda’s poller.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    path: 'AccountMail/MailAccountRole/Resource',
    reason: 'As for record-audit: X-Ray, and ListStreams for Lambda’s poller.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    path: 'AlertNews/DeliverAlertsRole/Resource',
    reason: 'As for record-audit: X-Ray, and ListStreams for Lambda’s poller.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::/apikeys/*]',
    path: 'KeyManagement/GenerateKeyRole/Resource',
    reason:
      'The ids of usage keys are made by API Gateway at run time. The function may only change them (PATCH, to enable one again), neither read nor delete them there.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::/apikeys/*]',
    path: 'KeyManagement/ChangeTierRole/Resource',
    reason:
      'As for generate-key: the usage key of the new tier is made, or found and enabled again, by an id that API Gateway chose.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::/apikeys/*]',
    path: 'Accounts/CreateAccountKeyRole/Resource',
    reason: 'As for generate-key, which it shares its work with.',
  },
  ...(['ChooseTier', 'ReceivePaymentEvent', 'SettlePayments', 'ApproveRequest'] as const).map((name) => ({
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::/apikeys/*]',
    path: `Payments/${name}Role/Resource`,
    reason:
      'As for change-tier: the tier that was paid or approved may need a usage key, made, or found and enabled again, by an id that API Gateway chose.',
  })),
  ...(['DeleteAccount', 'EraseAccounts'] as const).map((name) => ({
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::/apikeys/*]',
    path: `Accounts/${name}Role/Resource`,
    reason:
      'The ids of usage keys are made by API Gateway at run time. The function may only delete them: those of the account that its owner has ended, found by name and value.',
  })),
  ...(['StripeApiKey', 'StripeWebhookSecret'] as const).map((name) => ({
    rule: 'AwsSolutions-SMG4',
    path: `Payments/${name}/Resource`,
    reason: 'The value is Stripe’s: it is rolled in Stripe’s dashboard, and set here by an operator.',
  })),
  ...(
    [
      'account/GET',
      'account/DELETE',
      'account/keys/GET',
      'account/keys/POST',
      'account/keys/{keyId}/GET',
      'account/keys/{keyId}/DELETE',
      'account/keys/{keyId}/rotate/POST',
      'account/keys/{keyId}/suspension/PUT',
      'account/alerts/GET',
      'account/alerts/{alertId}/GET',
      'account/alerts/{alertId}/answer/POST',
      'account/keys/{keyId}/claim/POST',
      'account/keys/{keyId}/stored/POST',
      'account/usage/GET',
      'account/audit/GET',
      'account/settings/PUT',
      'account/export/GET',
      'account/tier/PUT',
      'account/portal/POST',
    ] as const
  ).map((route) => ({
    rule: 'AwsSolutions-COG4',
    path: `Api/RestApi/Default/${route}/Resource`,
    reason:
      'The Lambda authorizer authorize-account verifies tokens of the user pool, or of any other issuer of the configuration, and that the address is proven: Cognito’s authorizer knows neither.',
  })),
  {
    rule: 'AwsSolutions-APIG2',
    path: 'Api/RestApi/Resource',
    reason:
      "The functions validate: the gateway's validator knows JSON Schema draft 4 only, lets a body of an unknown Content-Type pass, and cannot list every fault with its path.",
  },
  {
    rule: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    path: 'Api/RestApi/CloudWatchRole/Resource',
    reason:
      'API Gateway writes the access log with one role for the whole account and Region, and this policy is the one that AWS documents for it. No function has this role.',
  },
  {
    rule: 'AwsSolutions-APIG3',
    path: 'Api/RestApi/DeploymentStage.{stage}/Resource',
    reason:
      'A web ACL costs by rule and request, and which rules fit is for the operator to say: one can be associated with the stage at any time. Without one, the authorizer refuses garbage without any I/O, and usage plans bound the rest.',
  },
  {
    rule: 'AwsSolutions-APIG6',
    path: 'Api/RestApi/DeploymentStage.{stage}/Resource',
    reason:
      'Execution logs hold request headers, and so customers’ keys. The access log, field by field, is on for all methods.',
  },
  {
    rule: 'AwsSolutions-COG4',
    path: 'Api/RestApi/Default/decisions/evaluate/POST/Resource',
    reason:
      'Callers are programs with an API key, not people with a Cognito account: the authorizer is our own.',
  },
  {
    rule: 'AwsSolutions-COG4',
    path: 'Api/RestApi/Default/usage/GET/Resource',
    reason:
      'Callers are programs with an API key, not people with a Cognito account: the authorizer is our own.',
  },
  {
    rule: 'AwsSolutions-COG4',
    path: 'Api/RestApi/Default/health/GET/Resource',
    reason: 'Open on purpose: it tells no more than that the API answers, and runs no function.',
  },
  {
    rule: 'AwsSolutions-APIG4',
    path: 'Api/RestApi/Default/health/GET/Resource',
    reason: 'Open on purpose: it tells no more than that the API answers, and runs no function.',
  },
  ...(
    ['claim/GET', 'claims/POST', 'claims/stored/POST', 'claims/renew/POST', 'claims/dispute/POST'] as const
  ).flatMap((route) =>
    (['AwsSolutions-COG4', 'AwsSolutions-APIG4'] as const).map((rule) => ({
      rule,
      path: `Api/RestApi/Default/${route}/Resource`,
      reason:
        'Whoever has the link of a mail needs no account: the token in it, a MAC of 256 bits, is what authorizes, and the function checks it before it reads anything. The page itself tells nothing.',
    })),
  ),
  ...(['AwsSolutions-COG4', 'AwsSolutions-APIG4'] as const).map((rule) => ({
    rule,
    path: 'Api/RestApi/Default/webhooks/stripe/POST/Resource',
    reason:
      'Stripe signs what it sends, and cannot sign in: the function checks the signature before it reads what was sent, and then believes only what Stripe answers when asked.',
  })),
  ...(['AwsSolutions-COG4', 'AwsSolutions-APIG4'] as const).map((rule) => ({
    rule,
    path: 'Api/RestApi/Default/openapi.json/GET/Resource',
    reason:
      'Open on purpose: it describes the API to whoever wants to call it, tells nothing of anybody, and its function may do nothing at all.',
  })),
  {
    rule: 'AwsSolutions-SMG4',
    path: 'Delivery/ClaimSecret/Resource',
    reason:
      'A new value makes every link that is under way worthless. It is replaced by hand, when there is a reason to; owners then ask for new links on the page itself.',
  },
  {
    rule: 'AwsSolutions-COG2',
    path: 'Identity/Users/Pool/Resource',
    reason:
      'Whoever wants an API key shall not need an authenticator app for it. An operator who thinks otherwise demands it by identity.mfa.',
  },
  {
    rule: 'AwsSolutions-COG8',
    path: 'Identity/Users/Pool/Resource',
    reason:
      'Threat protection comes with the Plus plan, in which every user costs; Essentials has 10,000 a month for nothing. Guessing is slowed down in every plan, codes and tokens are short-lived, and the plan can be raised at any time.',
  },
  {
    rule: 'AwsSolutions-S1',
    path: 'ManagementTrail/Bucket/Resource',
    reason:
      'The bucket holds the audit log itself: only CloudTrail writes to it, and its files are validated by digest. Logging the access to the log would need a second bucket of which the same would be asked.',
  },
  {
    rule: 'AwsSolutions-S1',
    path: 'Dashboard/Bucket/Resource',
    reason:
      'The bucket holds the files of a web page, the same for everybody, and CloudFront alone reads them: a log would tell which edge fetched which file.',
  },
  {
    rule: 'AwsSolutions-CFR1',
    path: 'Dashboard/Distribution/Resource',
    reason: 'Subscribers are where they are: the product is sold in no country less than in another.',
  },
  {
    rule: 'AwsSolutions-CFR2',
    path: 'Dashboard/Distribution/Resource',
    reason:
      'A firewall before files that are the same for everybody has nothing to keep out. What can be acted on is behind the API, which has its own limits.',
  },
  {
    rule: 'AwsSolutions-CFR3',
    path: 'Dashboard/Distribution/Resource',
    reason:
      'Who loads the page says nothing of what anybody does: that is in the log of the API, field by field. A log of visitors would be personal data that nobody needs.',
  },
  {
    rule: 'AwsSolutions-CFR4',
    path: 'Dashboard/Distribution/Resource',
    reason:
      'Under a name of CloudFront’s own the certificate is CloudFront’s, and so is what it admits. With dashboard.domain the least is TLS 1.2 (TLSv1.2_2021), which the test of the template pins.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<DashboardBucketA782FB5B.Arn>/*]',
    path: 'Dashboard/Deployment/Role/DefaultPolicy/Resource',
    reason:
      'Files are named by their content, and so differ with each deployment. The bucket holds nothing else.',
  },
  {
    rule: 'AwsSolutions-L1',
    path: 'Custom::CDKBucketDeployment*/Resource',
    reason:
      'The function that copies the files is the CDK’s own, and so is its runtime: it comes with a newer one by an update of the CDK.',
  },
  {
    rule: 'Annotation::@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
    path: 'Dashboard/Distribution/Origin1',
    reason:
      'defaultRootObject is set, and the function of the distribution leads every path without a file name to the page, so that none reaches the bucket itself. The right to list is what makes a missing file a 404.',
  },
];
