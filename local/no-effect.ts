import type { ResolvedResource } from './model.ts';
import { asRecord, isRecord, own, TemplateError } from './template/template-error.ts';

/**
 * Everything that the template may declare and that does nothing on a laptop, with the reason. What stands neither
 * here nor in `servedTypes` is refused by name, so that nothing is ever left out in silence.
 */
const nobodyOnCall = 'nobody is on call on a laptop';
const noPublicName = 'a laptop has no public name: everything is reached on 127.0.0.1';
const noAuditor = 'a trail attests who called AWS; locally every call is the developer’s own';
const noBackup = 'development data is not backed up; `npm start -- --fresh` begins anew';
const noDiskEncryption = 'data at rest is protected by the laptop’s own disk encryption';
const noBill = 'tags and descriptions are for people and bills in the AWS console';
const noTracing = 'X-Ray has no local counterpart';
const noMetrics = 'CloudWatch metrics have no local counterpart';
const noKeyRotation = 'a local key protects nothing that lives for a year';
const noClientGenerator = 'it is documentation for generated clients';
const noMailServer = 'no mail leaves a laptop, so there is no server that would look at DNS records';
const noPhone = 'nobody has a phone number here: the pool asks for none';
const oneBuild =
  'who copies the dashboard into its bucket is not needed: it is served as the assembly holds it';
const noEdge = 'a laptop is no network of edges: one server answers, over HTTP/1.1 on loopback';
const noConsole = 'logs go to the terminal and the data folder, not to CloudWatch';

/** CloudFormation types that are dropped as a whole. */
export const noEffectTypes: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Account': noConsole,
  'AWS::ApiGateway::BasePathMapping': noPublicName,
  'AWS::ApiGateway::DomainName': noPublicName,
  'AWS::Backup::BackupPlan': noBackup,
  'AWS::Backup::BackupSelection': noBackup,
  'AWS::Backup::BackupVault': noBackup,
  'AWS::CDK::Metadata': 'it tells AWS which CDK constructs are in use',
  'AWS::CertificateManager::Certificate': noPublicName,
  'AWS::CloudTrail::Trail': noAuditor,
  'AWS::CloudWatch::Alarm': nobodyOnCall,
  'AWS::CloudWatch::CompositeAlarm': nobodyOnCall,
  'AWS::CloudWatch::Dashboard': noMetrics,
  'AWS::Lambda::LayerVersion': oneBuild,
  'AWS::Logs::LogGroup': noConsole,
  'AWS::Logs::MetricFilter': noMetrics,
  'AWS::Logs::QueryDefinition': noConsole,
  'AWS::Route53::HostedZone': noPublicName,
  'AWS::Route53::RecordSet': noPublicName,
  'AWS::WAFv2::WebACL': 'a gateway that listens on loopback alone needs no firewall',
  'AWS::WAFv2::WebACLAssociation': 'a gateway that listens on loopback alone needs no firewall',
};

/**
 * Types of custom resources whose functions are dropped with what runs them: only a deployment calls these, and what they do
 * in the cloud is done here by the part that reads the resource.
 */
export const noEffectHandlers: Readonly<Record<string, string>> = {
  'Custom::CDKBucketDeployment': oneBuild,
};

/**
 * Properties of served types that are removed before the service sees them, by path: `Parent.Child`, with `*` for
 * each element of a list.
 */
export const noEffectProperties: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::ApiGateway::Authorizer': { AuthType: noClientGenerator },
  'AWS::ApiGateway::Deployment': { Description: noBill },
  'AWS::ApiGateway::Method': {
    'MethodResponses.*.ResponseModels': noClientGenerator,
    OperationName: noClientGenerator,
  },
  'AWS::ApiGateway::RestApi': {
    Description: noBill,
    DisableExecuteApiEndpoint: noPublicName,
    EndpointConfiguration: noPublicName,
    Tags: noBill,
  },
  'AWS::ApiGateway::Stage': {
    Description: noBill,
    'MethodSettings.*.DataTraceEnabled': noConsole,
    'MethodSettings.*.LoggingLevel': noConsole,
    'MethodSettings.*.MetricsEnabled': noMetrics,
    Tags: noBill,
    TracingEnabled: noTracing,
  },
  'AWS::ApiGateway::UsagePlan': { Description: noBill, Tags: noBill },
  'AWS::CloudFront::Distribution': {
    'DistributionConfig.Comment': noBill,
    'DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy': 'browsers trust loopback without TLS',
    'DistributionConfig.HttpVersion': noEdge,
    'DistributionConfig.IPV6Enabled': noEdge,
    'DistributionConfig.PriceClass': noEdge,
    'DistributionConfig.ViewerCertificate': noPublicName,
    Tags: noBill,
  },
  'AWS::CloudFront::Function': { 'FunctionConfig.Comment': noBill, Tags: noBill },
  'AWS::Cognito::UserPool': {
    DeletionProtection: 'no deployment can delete a local user pool',
    'EmailConfiguration.ConfigurationSet':
      'a mail with a code goes to the inbox, and no function hears what became of it',
    'EmailConfiguration.EmailSendingAccount': 'whoever sends it, it goes to the inbox',
    'EmailConfiguration.SourceArn': 'an identity in the template is verified on a laptop',
    EmailVerificationMessage: 'VerificationMessageTemplate says the same',
    EmailVerificationSubject: 'VerificationMessageTemplate says the same',
    EnabledMfas: 'a second factor is optional, and nobody can enrol one on a laptop',
    SmsVerificationMessage: noPhone,
    UserAttributeUpdateSettings: 'nobody changes an address on a laptop: the client may not',
    UserPoolTags: noBill,
    UserPoolTier: 'a plan decides the price, and what can be switched on; each switch is looked at by itself',
    'VerificationMessageTemplate.SmsMessage': noPhone,
  },
  'AWS::Cognito::UserPoolClient': {
    ExplicitAuthFlows: 'people sign in on the pages; the API for programs is not there',
    WriteAttributes: 'nobody changes attributes on a laptop: that would be by the API for programs',
  },
  'AWS::DynamoDB::Table': {
    ContributorInsightsSpecification: noMetrics,
    DeletionProtectionEnabled: 'no deployment can delete a local table',
    'GlobalSecondaryIndexes.*.ContributorInsightsSpecification': noMetrics,
    PointInTimeRecoverySpecification: noBackup,
    SSESpecification: noDiskEncryption,
    TableClass: 'a storage class decides the price alone',
    Tags: noBill,
  },
  'AWS::Events::Rule': { Description: noBill, Tags: noBill },
  'AWS::IAM::ManagedPolicy': { Description: noBill },
  'AWS::IAM::Role': {
    Description: noBill,
    MaxSessionDuration: 'a function holds its role for as long as it runs',
    Tags: noBill,
  },
  'AWS::KMS::Key': {
    BypassPolicyLockoutSafetyCheck: 'nobody is locked out of a local key: its state lies in the data folder',
    Description: noBill,
    EnableKeyRotation: noKeyRotation,
    PendingWindowInDays: 'no deployment can delete a local key',
    RotationPeriodInDays: noKeyRotation,
    Tags: noBill,
  },
  'AWS::Lambda::EventSourceMapping': {
    DestinationConfig: 'nobody on a laptop waits for what was given up: it stands in logs/local/streams.log',
    KmsKeyArn: noDiskEncryption,
    MaximumBatchingWindowInSeconds: 'the few records of a laptop are handed over at once',
    MetricsConfig: noMetrics,
    Tags: noBill,
  },
  'AWS::Lambda::Function': {
    Architectures: 'a function runs on the laptop’s own processor',
    Description: noBill,
    KmsKeyArn: noDiskEncryption,
    Tags: noBill,
    TracingConfig: noTracing,
  },
  'AWS::S3::Bucket': {
    BucketEncryption: noDiskEncryption,
    LifecycleConfiguration: 'nothing lies in a local bucket for longer than the stack runs',
    PublicAccessBlockConfiguration: 'nobody reaches a local bucket but the part that serves it',
    Tags: noBill,
    VersioningConfiguration: 'nothing in a local bucket is ever replaced',
  },
  'AWS::SES::ConfigurationSet': {
    ReputationOptions: noMetrics,
    SuppressionOptions: 'an address bounces on a laptop by its name, and each time anew',
    Tags: noBill,
  },
  'AWS::SES::EmailIdentity': {
    DkimSigningAttributes: noMailServer,
    MailFromAttributes: noMailServer,
    Tags: noBill,
  },
  'AWS::SNS::Topic': { DisplayName: noBill, Tags: noBill },
  'AWS::SecretsManager::Secret': { Description: noBill, Tags: noBill },
  'Custom::CDKBucketDeployment': {
    DistributionPaths: 'nothing is cached that would have to be fetched anew',
    OutputObjectKeys: oneBuild,
    RetainOnDelete: 'no deployment can delete a local bucket',
    ServiceToken: oneBuild,
    WaitForDistributionInvalidation: 'nothing is cached that would have to be fetched anew',
  },
};

/** Attributes beside a resource's `Type` and `Properties` that say how CloudFormation deploys, not what it deploys. */
export const noEffectAttributes: Readonly<Record<string, string>> = {
  DeletionPolicy: 'no deployment can delete a local resource',
  Metadata: 'it is for tools that read the template',
  UpdatePolicy: 'a local stack starts as a whole instead of being updated in place',
  UpdateReplacePolicy: 'no deployment can replace a local resource',
};

/** The types that are brought up, each with the local part that reads it. */
export const servedTypes: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::Authorizer': 'local/gateway',
  'AWS::ApiGateway::Deployment': 'local/gateway',
  'AWS::ApiGateway::GatewayResponse': 'local/gateway',
  'AWS::ApiGateway::Method': 'local/gateway',
  'AWS::ApiGateway::RequestValidator': 'local/gateway',
  'AWS::ApiGateway::Resource': 'local/gateway',
  'AWS::ApiGateway::RestApi': 'local/gateway',
  'AWS::ApiGateway::Stage': 'local/gateway',
  'AWS::ApiGateway::UsagePlan': 'local/gateway',
  'AWS::CloudFront::Distribution': 'local/dashboard',
  'AWS::CloudFront::Function': 'local/dashboard',
  'AWS::CloudFront::OriginAccessControl': 'local/dashboard',
  'AWS::CloudFront::ResponseHeadersPolicy': 'local/dashboard',
  'AWS::Cognito::ManagedLoginBranding': 'local/issuer',
  'AWS::Cognito::UserPool': 'local/issuer',
  'AWS::Cognito::UserPoolClient': 'local/issuer',
  'AWS::Cognito::UserPoolDomain': 'local/issuer',
  'AWS::DynamoDB::Table': 'local/dynamodb',
  'AWS::Events::Rule': 'local/schedules',
  'AWS::IAM::ManagedPolicy': 'local/aws/iam',
  'AWS::IAM::Policy': 'local/aws/iam',
  'AWS::IAM::Role': 'local/aws/iam',
  'AWS::KMS::Alias': 'local/aws/kms',
  'AWS::KMS::Key': 'local/aws/kms',
  'AWS::Lambda::EventSourceMapping': 'local/streams',
  'AWS::Lambda::Function': 'local/lambda',
  'AWS::Lambda::Permission': 'local/lambda',
  'AWS::Logs::SubscriptionFilter': 'local/log-subscriptions',
  'AWS::S3::Bucket': 'local/dashboard',
  'AWS::S3::BucketPolicy': 'local/dashboard',
  'AWS::SES::ConfigurationSet': 'local/aws/ses',
  'AWS::SES::ConfigurationSetEventDestination': 'local/aws/ses',
  'AWS::SES::EmailIdentity': 'local/aws/ses',
  'AWS::SNS::Subscription': 'local/aws/sns',
  'AWS::SNS::Topic': 'local/aws/sns',
  'AWS::SNS::TopicPolicy': 'local/aws/sns',
  'AWS::SecretsManager::Secret': 'local/aws/secrets-manager',
  'Custom::CDKBucketDeployment': 'local/dashboard',
};

/**
 * Refuses what the local runner can neither run nor leave out.
 * @throws TemplateError that names each such type and its logical id
 */
export function assertSupported(resources: readonly { logicalId: string; type: string }[]): void {
  const problems = resources
    .filter(({ type }) => own(servedTypes, type) === undefined && own(noEffectTypes, type) === undefined)
    .map(({ logicalId, type }) => `${type} (${logicalId}) is not supported by the local runner`);
  if (problems.length > 0) throw new TemplateError('', problems.join('\n'));
}

/**
 * Leaves out all types and properties without effect, so that services can parse strictly what remains.
 * @throws TemplateError for a type that is neither served nor listed as without effect
 */
export function stripNoEffect(resources: readonly ResolvedResource[]): ResolvedResource[] {
  assertSupported(resources);
  const handlers = new Set(
    resources
      .filter(({ type }) => own(noEffectHandlers, type) !== undefined)
      .map(({ properties }) => properties['ServiceToken']),
  );
  return resources
    .filter(({ type }) => own(noEffectTypes, type) === undefined)
    .filter(({ type, attributes }) => type !== 'AWS::Lambda::Function' || !handlers.has(attributes['Arn']))
    .map((resource) => {
      const paths = Object.keys(own(noEffectProperties, resource.type) ?? {}).map((path) => path.split('.'));
      const at = `Resources.${resource.logicalId}.Properties`;
      return { ...resource, properties: asRecord(paths.reduce(without, resource.properties), at) };
    });
}

/** A copy of the value without what stands at the path. */
function without(value: unknown, path: readonly string[]): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (step === '*') return Array.isArray(value) ? value.map((item) => without(item, rest)) : value;
  if (!isRecord(value) || !Object.hasOwn(value, step)) return value;
  const { [step]: found, ...others } = value;
  return rest.length === 0 ? others : { ...value, [step]: without(found, rest) };
}
