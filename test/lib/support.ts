import { mkdtempSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildApp } from '../../lib/app.ts';

/** A resource of a synthesized template, in a form that assertions can name by hand. */
export interface Resource {
  /** Logical id without the hash that the CDK appends: `KeysPepper`. */
  readonly name: string;
  readonly type: string;
  /** Intrinsic functions replaced by text, see `readable`. */
  readonly properties: Properties;
  readonly deletionPolicy: unknown;
  readonly updateReplacePolicy: unknown;
  /** Names of the resources that it says it comes after. */
  readonly dependsOn: readonly string[];
}

export type Properties = Readonly<Record<string, unknown>>;

export interface Synthesized {
  readonly stage: string;
  readonly text: string;
  /** Size of the template as the CDK hands it to CloudFormation. */
  readonly bytes: number;
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, unknown>>;
  ofType(type: string): readonly Resource[];
  /** The one resource of that type, or the one of that type and name. @throws where there is none, or more than one */
  one(type: string, name?: string): Resource;
}

export interface Statement {
  readonly effect: unknown;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principal: unknown;
  readonly condition: unknown;
}

const domainName = 'api.example.com';
export const hostedZone = { id: 'Z0123456789ABC', name: 'example.com' };
export const certificateArn =
  'arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-0000-0000-000000000000';
/** CloudFront looks for its certificates there. */
export const dashboardCertificateArn =
  'arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000';

/** The stacks that tests look at. */
export const variants = {
  dev: { stage: 'dev', overrides: {} },
  prod: { stage: 'prod', overrides: {} },
  'prod with a hosted zone': {
    stage: 'prod',
    overrides: { domain: { name: domainName, hostedZone }, alarmEmail: 'on-call@example.com' },
  },
  'prod with a certificate': { stage: 'prod', overrides: { domain: { name: domainName, certificateArn } } },
} as const;
export type Variant = keyof typeof variants;
export const allVariants = Object.keys(variants) as Variant[];

/** Every management function and its resource. */
export const management: Readonly<Record<string, string>> = {
  'acknowledge-alert': 'AlertsAcknowledgeAlert',
  'approve-request': 'PaymentsApproveRequest',
  'change-tier': 'KeyManagementChangeTier',
  'decline-request': 'PaymentsDeclineRequest',
  'generate-key': 'KeyManagementGenerateKey',
  'get-key': 'KeyManagementGetKey',
  'get-pepper-usage': 'KeyManagementGetPepperUsage',
  'get-subscription': 'SubscriptionsGetSubscription',
  'get-usage': 'UsageGetUsage',
  'list-alerts': 'AlertsListAlerts',
  'list-keys': 'KeyManagementListKeys',
  'list-requests': 'PaymentsListRequests',
  'query-audit': 'AuditQueryAudit',
  'resume-key': 'KeyManagementResumeKey',
  'revoke-key': 'KeyManagementRevokeKey',
  'rotate-key': 'KeyManagementRotateKey',
  'rotate-pepper': 'KeyManagementRotatePepper',
  'suspend-key': 'KeyManagementSuspendKey',
  'update-subscription': 'DeliveryUpdateSubscription',
  'verify-audit': 'AuditVerifyAudit',
};

/** Those that only tell, and so are an auditor's too. */
export const auditing = [
  'get-key',
  'get-pepper-usage',
  'get-subscription',
  'get-usage',
  'list-alerts',
  'list-keys',
  'list-requests',
  'query-audit',
  'verify-audit',
];

const memory = new Map<Variant, Synthesized>();

/** Synthesizes a variant, once in each test file. */
export function template(variant: Variant): Synthesized {
  const known = memory.get(variant) ?? synthesize(variants[variant].stage, variants[variant].overrides);
  memory.set(variant, known);
  return known;
}

/** Synthesizes a stage with some of its configuration changed. */
export function synthesize(stage: string, overrides: object = {}): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), 'latchkey-template-'));
  folders.push(outdir);
  const { app, stack } = buildApp({ outdir, context: { stage, stages: { [stage]: overrides } } });
  const { template: raw, templateFullPath } = app.synth().getStackByName(stack.stackName);
  return read(stage, raw as RawTemplate, statSync(templateFullPath).size);
}

const folders: string[] = [];
export async function removeAssemblies(): Promise<void> {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

interface RawTemplate {
  readonly Resources: Readonly<Record<string, RawResource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

interface RawResource {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | readonly string[];
}

function read(stage: string, raw: RawTemplate, bytes: number): Synthesized {
  const resources = Object.entries(raw.Resources).map(([logicalId, resource]) => ({
    name: nameOf(logicalId),
    type: resource.Type,
    properties: readable(resource.Properties ?? {}) as Properties,
    deletionPolicy: resource.DeletionPolicy,
    updateReplacePolicy: resource.UpdateReplacePolicy,
    dependsOn: list(resource.DependsOn).map(String).map(nameOf),
  }));
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    stage,
    text: JSON.stringify(raw),
    bytes,
    resources,
    outputs: Object.fromEntries(
      Object.entries(raw.Outputs).map(([name, { Value }]) => [name, readable(Value)]),
    ),
    ofType,
    one(type, name) {
      const found = ofType(type).filter((resource) => name === undefined || resource.name === name);
      const [only] = found;
      if (only === undefined || found.length > 1) {
        throw new Error(
          `${found.length} resources of type ${type}${name === undefined ? '' : ` named ${name}`}`,
        );
      }
      return only;
    },
  };
}

function nameOf(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

/**
 * Replaces intrinsic functions by text: a `Ref` or an ARN by the resource's name, another attribute by `Name.Attribute`,
 * a pseudo parameter by itself in angle brackets, a join by what it joins.
 */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [key, inner] = entries[0] ?? ['', undefined];
  if (entries.length === 1) {
    if (key === 'Ref') return String(inner).startsWith('AWS::') ? `<${inner}>` : nameOf(String(inner));
    if (key === 'Fn::GetAtt' && Array.isArray(inner)) {
      const [logicalId, attribute] = inner.map(String);
      return `${nameOf(logicalId ?? '')}${attribute === 'Arn' ? '' : `.${attribute}`}`;
    }
    if (key === 'Fn::Join' && Array.isArray(inner) && Array.isArray(inner[1])) {
      return inner[1].map(readable).map(asText).join(String(inner[0]));
    }
  }
  return Object.fromEntries(entries.map(([name, nested]) => [name, readable(nested)]));
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A value inside properties. @throws where the path leads nowhere */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (typeof inner !== 'object' || inner === null || !(step in inner)) {
      throw new Error(`there is no ${path.join('.')}`);
    }
    return (inner as Record<string | number, unknown>)[step];
  }, value);
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** The statements of a policy document, single values as lists of one. */
export function statements(document: unknown): Statement[] {
  return list(at(document, 'Statement')).map((statement) => {
    const fields = statement as Properties;
    return {
      effect: fields['Effect'],
      actions: list(fields['Action']).map(String),
      resources: list(fields['Resource']).map(String),
      principal: fields['Principal'],
      condition: fields['Condition'],
    };
  });
}

/** A policy that says who may do what, wherever in the template it stands. */
export interface IdentityPolicy {
  /** Name of the resource that it is, or of the role that it is part of. */
  readonly name: string;
  /** Names of the roles that it holds for. */
  readonly roles: readonly string[];
  readonly statements: readonly Statement[];
}

/** Those that are part of a role, those that are attached to roles, and the managed ones, attached or not. */
export function identityPoliciesOf({ ofType }: Pick<Synthesized, 'ofType'>): readonly IdentityPolicy[] {
  const parts = ofType('AWS::IAM::Role').flatMap(({ name, properties }) =>
    list(properties['Policies']).map((policy) => ({
      name,
      roles: [name],
      statements: statements(at(policy, 'PolicyDocument')),
    })),
  );
  const resources = [...ofType('AWS::IAM::Policy'), ...ofType('AWS::IAM::ManagedPolicy')].map(
    ({ name, properties }) => ({
      name,
      roles: list(properties['Roles']).map(String),
      statements: statements(properties['PolicyDocument']),
    }),
  );
  return [...parts, ...resources];
}

/** What a role may do by the policies of the template. */
export function roleStatements(synthesized: Pick<Synthesized, 'ofType'>, role: string): readonly Statement[] {
  return identityPoliciesOf(synthesized)
    .filter(({ roles }) => roles.includes(role))
    .flatMap((policy) => policy.statements);
}

/**
 * Functions of the product by their short name, such as `generate-key`: those that have a name. The CDK's own, which copies
 * the dashboard into its bucket, has none.
 */
export function functionsOf({ stage, ofType }: Synthesized): ReadonlyMap<string, Resource> {
  return new Map(
    ofType('AWS::Lambda::Function')
      .filter(({ properties }) => 'FunctionName' in properties)
      .map((fn) => [String(fn.properties['FunctionName']).replace(`latchkey-${stage}-`, ''), fn]),
  );
}

/** `POST /decisions/evaluate` and its properties. */
export function methodsOf({ ofType }: Synthesized): ReadonlyMap<string, Properties> {
  const resources = new Map(
    ofType('AWS::ApiGateway::Resource').map(({ name, properties }) => [name, properties]),
  );
  const pathOf = (id: string): string => {
    const resource = resources.get(id);
    return resource === undefined ? '' : `${pathOf(String(resource['ParentId']))}/${resource['PathPart']}`;
  };
  return new Map(
    ofType('AWS::ApiGateway::Method').map(({ properties }) => [
      `${properties['HttpMethod']} ${pathOf(String(properties['ResourceId'])) || '/'}`,
      properties,
    ]),
  );
}

/** The resource of the function that a method hands its requests to; none where the gateway answers itself. */
export function functionBehind(method: Properties): string | undefined {
  const integration = at(method, 'Integration') as Properties;
  const uri = JSON.stringify(integration['Uri'] ?? '');
  return /:lambda:path\/2015-03-31\/functions\/(\w+)\/invocations/.exec(uri)?.[1];
}

export function environmentOf(fn: Resource): Readonly<Record<string, string>> {
  return at(fn.properties, 'Environment', 'Variables') as Record<string, string>;
}
