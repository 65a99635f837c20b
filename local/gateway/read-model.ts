import type { ResolvedResource } from '../model.ts';
import type { ResponseType } from './failures.ts';
import { isResponseType } from './failures.ts';
import type { CustomResponse, GatewayModel, InvokePermission, Stage } from './model.ts';
import { readAuthorizer } from './read-authorizer.ts';
import { readMethods } from './read-methods.ts';
import { readHeaders, readTemplate, readTemplates } from './read-templates.ts';
import { readUsagePlan } from './read-usage-plan.ts';
import { parseProperties, UnsupportedResourceError } from './refuse.ts';
import {
  deploymentSchema,
  gatewayResponseSchema,
  permissionSchema,
  resourceSchema,
  restApiSchema,
  stageSchema,
  validatorSchema,
} from './resource-schemas.ts';

type Types = Readonly<Record<string, readonly ResolvedResource[] | undefined>>;

/** What has no effect on a laptop, such as a custom domain, is gone before (`no-effect.ts`). */
const known = new Set([
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::RequestValidator',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::UsagePlan',
  'AWS::Lambda::Permission',
]);

/**
 * Reads the one REST API of a stack from its resolved resources.
 * @throws UnsupportedResourceError naming logical id, type and property of whatever the local gateway does not do
 */
export function readModel(resources: readonly ResolvedResource[]): GatewayModel {
  for (const resource of resources) {
    if (!known.has(resource.type)) throw new UnsupportedResourceError(resource, 'this type is not supported');
  }
  const types: Types = Object.groupBy(resources, ({ type }) => type);
  const api = only(types, 'AWS::ApiGateway::RestApi');
  const stageResource = only(types, 'AWS::ApiGateway::Stage');
  const apiProperties = parseProperties(restApiSchema, api);
  const stage = readStage(stageResource);
  for (const deployment of all(types, 'AWS::ApiGateway::Deployment'))
    parseProperties(deploymentSchema, deployment);

  return {
    apiId: api.ref,
    keySource: apiProperties.ApiKeySourceType,
    binaryMediaTypes: apiProperties.BinaryMediaTypes,
    stage,
    methods: readMethods(all(types, 'AWS::ApiGateway::Method'), {
      paths: readPaths(api, all(types, 'AWS::ApiGateway::Resource')),
      authorizers: new Map(
        all(types, 'AWS::ApiGateway::Authorizer').map((resource) => [resource.ref, readAuthorizer(resource)]),
      ),
      parameterValidators: readParameterValidators(all(types, 'AWS::ApiGateway::RequestValidator')),
      stage: stageResource,
    }),
    responses: new Map(all(types, 'AWS::ApiGateway::GatewayResponse').map(readGatewayResponse)),
    plans: all(types, 'AWS::ApiGateway::UsagePlan').flatMap((resource) =>
      readUsagePlan(resource, api.ref, stage.name),
    ),
    permissions: all(types, 'AWS::Lambda::Permission').flatMap(readPermission),
  };
}

function all(types: Types, type: string): readonly ResolvedResource[] {
  return types[type] ?? [];
}

function only(types: Types, type: string): ResolvedResource {
  const [first, second] = all(types, type);
  if (first === undefined) throw new Error(`the stack has no ${type}: the local gateway serves exactly one`);
  if (second !== undefined) throw new UnsupportedResourceError(second, 'a second one is not supported');
  return first;
}

function readStage(resource: ResolvedResource): Stage {
  const {
    StageName,
    DeploymentId,
    Variables,
    AccessLogSetting: log,
  } = parseProperties(stageSchema, resource);
  return {
    name: StageName,
    deploymentId: DeploymentId,
    variables: Variables,
    // An unknown variable is a dash in the log, as on AWS; in a response it is refused.
    accessLog: log && {
      destinationArn: log.DestinationArn,
      format: readTemplate(resource, 'AccessLogSetting.Format', log.Format, { anyVariable: true }),
    },
  };
}

/** Resource paths by resource id, such as `/keys/{id}`; the root is `/`. */
function readPaths(
  api: ResolvedResource,
  resources: readonly ResolvedResource[],
): ReadonlyMap<string, string> {
  const parts = new Map(
    resources.map((resource) => [resource.ref, { resource, ...parseProperties(resourceSchema, resource) }]),
  );
  const root = api.attributes['RootResourceId'] ?? '';
  const paths = new Map([[root, '/']]);
  const pathOf = (id: string, child: ResolvedResource): string => {
    const path = paths.get(id);
    if (path !== undefined) return path;
    const part = parts.get(id);
    if (!part) throw new UnsupportedResourceError(child, `property ParentId: there is no resource "${id}"`);
    const parent = pathOf(part.ParentId, part.resource);
    paths.set(id, `${parent === '/' ? '' : parent}/${part.PathPart}`);
    return paths.get(id) ?? '';
  };
  for (const [id, { resource }] of parts) pathOf(id, resource);
  return paths;
}

/** Ids of the validators that check parameters. */
function readParameterValidators(resources: readonly ResolvedResource[]): ReadonlyMap<string, boolean> {
  return new Map(
    resources.map((resource) => [
      resource.ref,
      parseProperties(validatorSchema, resource).ValidateRequestParameters,
    ]),
  );
}

function readGatewayResponse(resource: ResolvedResource): [ResponseType, CustomResponse] {
  const properties = parseProperties(gatewayResponseSchema, resource);
  const type = properties.ResponseType;
  if (!isResponseType(type)) {
    throw new UnsupportedResourceError(resource, `property ResponseType: "${type}" is not supported`);
  }
  return [
    type,
    {
      status: properties.StatusCode === undefined ? undefined : Number(properties.StatusCode),
      headers: readHeaders(
        resource,
        'ResponseParameters',
        'gatewayresponse.header.',
        properties.ResponseParameters,
      ),
      templates: readTemplates(resource, 'ResponseTemplates', properties.ResponseTemplates),
    },
  ];
}

/** Permissions of other principals (schedules, topics) are none of the gateway's. */
function readPermission(resource: ResolvedResource): InvokePermission[] {
  if (resource.properties['Principal'] !== 'apigateway.amazonaws.com') return [];
  const { FunctionName, SourceArn } = parseProperties(permissionSchema, resource);
  return [{ functionName: FunctionName, sourceArn: SourceArn }];
}
