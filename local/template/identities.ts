import { messaging } from './messaging-identities.ts';
import {
  generatedName,
  globalArn,
  type Identity,
  type IdentityContext,
  iamId,
  physicalName,
  regionalArn,
  secretSuffix,
  shortId,
  uuid,
} from './physical-ids.ts';
import { signIn } from './sign-in-identities.ts';
import { site } from './site-identities.ts';
import { own } from './template-error.ts';

type Attribute = Identity['attributes'][string];

const itself: Attribute = (_context, ref) => ref;

/** A resource whose name is a property, or else generated. */
function named(nameProperty: string, maximum: number, attributes: Identity['attributes'] = {}): Identity {
  return { ref: (context) => physicalName(context, nameProperty, maximum), attributes };
}

/** A resource known by an id that the service makes up, also under an attribute of that name. */
function idOnly(attribute: string, length = 10): Identity {
  return { ref: (context) => shortId(context, length), attributes: { [attribute]: itself } };
}

/** A resource of which nothing but its generated name is known. */
const plain: Identity = { ref: (context) => generatedName(context, 255), attributes: { Id: itself } };

const regional =
  (service: string, resource: (ref: string) => string): Attribute =>
  (context, ref) =>
    regionalArn(context, service, resource(ref));

function iamPath(context: IdentityContext): string {
  return context.text('Path') ?? '/';
}

/** Streams are labelled with their birth; a fixed one keeps the ARN the same across restarts. */
const streamLabel = '2026-01-01T00:00:00.000';

const apiGateway: Readonly<Record<string, Identity>> = {
  'AWS::ApiGateway::Account': idOnly('Id'),
  'AWS::ApiGateway::ApiKey': idOnly('APIKeyId'),
  'AWS::ApiGateway::Authorizer': idOnly('AuthorizerId', 6),
  'AWS::ApiGateway::BasePathMapping': {
    ref: (context) => `${context.text('DomainName') ?? ''}|${context.text('BasePath') ?? '(none)'}`,
    attributes: {},
  },
  'AWS::ApiGateway::Deployment': idOnly('DeploymentId', 6),
  'AWS::ApiGateway::DomainName': {
    ref: (context) => context.text('DomainName') ?? generatedName(context, 255),
    attributes: {
      DistributionDomainName: (context) => `${shortId(context, 14)}.cloudfront.net`,
      DistributionHostedZoneId: () => 'Z2FDTNDATAQYW2',
      DomainNameArn: (context, ref) =>
        `arn:aws:apigateway:${context.environment.region}::/domainnames/${ref}`,
      RegionalDomainName: (context) =>
        `d-${shortId(context)}.execute-api.${context.environment.region}.amazonaws.com`,
      RegionalHostedZoneId: (context) => `Z${iamId(context, '').slice(0, 13)}`,
    },
  },
  'AWS::ApiGateway::GatewayResponse': idOnly('Id'),
  'AWS::ApiGateway::Method': plain,
  'AWS::ApiGateway::Model': named('Name', 255),
  'AWS::ApiGateway::RequestValidator': idOnly('RequestValidatorId', 6),
  'AWS::ApiGateway::Resource': idOnly('ResourceId', 6),
  'AWS::ApiGateway::RestApi': {
    ref: (context) => shortId(context),
    attributes: { RestApiId: itself, RootResourceId: (context) => `${shortId(context, 9)}r` },
  },
  'AWS::ApiGateway::Stage': named('StageName', 128),
  'AWS::ApiGateway::UsagePlan': idOnly('Id', 6),
  'AWS::ApiGateway::UsagePlanKey': idOnly('Id'),
};

const security: Readonly<Record<string, Identity>> = {
  'AWS::CertificateManager::Certificate': {
    ref: (context) => regionalArn(context, 'acm', `certificate/${uuid(context)}`),
    attributes: {},
  },
  'AWS::IAM::ManagedPolicy': {
    ref: (context) =>
      globalArn(
        context,
        'iam',
        `policy${iamPath(context)}${physicalName(context, 'ManagedPolicyName', 128)}`,
      ),
    attributes: { PolicyArn: itself, PolicyId: (context) => iamId(context, 'ANPA') },
  },
  'AWS::IAM::Policy': named('PolicyName', 128, { Id: (context) => generatedName(context, 255) }),
  'AWS::IAM::Role': named('RoleName', 64, {
    Arn: (context, ref) => globalArn(context, 'iam', `role${iamPath(context)}${ref}`),
    RoleId: (context) => iamId(context, 'AROA'),
  }),
  'AWS::KMS::Alias': named('AliasName', 256),
  'AWS::KMS::Key': {
    ref: uuid,
    attributes: { Arn: regional('kms', (ref) => `key/${ref}`), KeyId: itself },
  },
  'AWS::SecretsManager::ResourcePolicy': plain,
  'AWS::SecretsManager::Secret': {
    ref: (context) =>
      regionalArn(
        context,
        'secretsmanager',
        `secret:${physicalName(context, 'Name', 512)}-${secretSuffix(context)}`,
      ),
    attributes: { Id: itself },
  },
  'AWS::WAFv2::WebACL': plain,
  'AWS::WAFv2::WebACLAssociation': plain,
};

const computeAndData: Readonly<Record<string, Identity>> = {
  'AWS::DynamoDB::Table': named('TableName', 255, {
    Arn: regional('dynamodb', (ref) => `table/${ref}`),
    StreamArn: (context, ref) =>
      context.property('StreamSpecification') === undefined
        ? undefined
        : regionalArn(context, 'dynamodb', `table/${ref}/stream/${streamLabel}`),
  }),
  'AWS::Events::Rule': named('Name', 64, { Arn: regional('events', (ref) => `rule/${ref}`) }),
  'AWS::Lambda::EventSourceMapping': {
    ref: uuid,
    attributes: {
      Id: itself,
      EventSourceMappingArn: regional('lambda', (ref) => `event-source-mapping:${ref}`),
    },
  },
  'AWS::Lambda::Function': named('FunctionName', 64, { Arn: regional('lambda', (ref) => `function:${ref}`) }),
  'AWS::Lambda::Permission': plain,
};

const operations: Readonly<Record<string, Identity>> = {
  'AWS::Backup::BackupPlan': plain,
  'AWS::Backup::BackupSelection': plain,
  'AWS::Backup::BackupVault': named('BackupVaultName', 50),
  'AWS::CDK::Metadata': plain,
  'AWS::CloudTrail::Trail': named('TrailName', 128, { Arn: regional('cloudtrail', (ref) => `trail/${ref}`) }),
  'AWS::CloudWatch::Alarm': named('AlarmName', 255, { Arn: regional('cloudwatch', (ref) => `alarm:${ref}`) }),
  'AWS::CloudWatch::CompositeAlarm': named('AlarmName', 255, {
    Arn: regional('cloudwatch', (ref) => `alarm:${ref}`),
  }),
  'AWS::CloudWatch::Dashboard': named('DashboardName', 255),
  'AWS::Logs::LogGroup': named('LogGroupName', 512, { Arn: regional('logs', (ref) => `log-group:${ref}:*`) }),
  'AWS::Logs::MetricFilter': named('FilterName', 512),
  'AWS::Logs::SubscriptionFilter': named('FilterName', 512),
  'AWS::Logs::QueryDefinition': { ref: uuid, attributes: { QueryDefinitionId: itself } },
  'AWS::Route53::HostedZone': {
    ref: (context) => iamId(context, 'Z'),
    attributes: { Id: itself },
  },
  'AWS::Route53::RecordSet': named('Name', 255),
};

const identities: Readonly<Record<string, Identity>> = {
  ...apiGateway,
  ...security,
  ...computeAndData,
  ...messaging,
  ...signIn,
  ...site,
  ...operations,
};

/** How resources of the CloudFormation type are called; undefined for a type that the local runner does not know. */
export function identityOf(type: string): Identity | undefined {
  return own(identities, type);
}

/** The types whose resources may be named in a template. */
export const identityTypes: readonly string[] = Object.keys(identities);
