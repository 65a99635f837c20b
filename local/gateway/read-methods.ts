import type { z } from 'zod';
import type { ResolvedResource } from '../model.ts';
import { functionOfUri } from './function-uri.ts';
import { canonicalHeaderName } from './header-names.ts';
import type {
  Authorizer,
  Method,
  MockIntegration,
  ProxyIntegration,
  RequestParameter,
  Throttle,
} from './model.ts';
import { readHeaders, readTemplates } from './read-templates.ts';
import { readThrottle } from './read-usage-plan.ts';
import { parseProperties, readProperty, UnsupportedResourceError } from './refuse.ts';
import { methodSchema, stageSchema } from './resource-schemas.ts';

type Properties = z.output<typeof methodSchema>;

export interface MethodReferences {
  readonly paths: ReadonlyMap<string, string>;
  readonly authorizers: ReadonlyMap<string, Authorizer>;
  /** By validator id: whether it checks parameters. */
  readonly parameterValidators: ReadonlyMap<string, boolean>;
  readonly stage: ResolvedResource;
}

export function readMethods(resources: readonly ResolvedResource[], references: MethodReferences): Method[] {
  const settings = parseProperties(stageSchema, references.stage).MethodSettings;
  const throttles = new Map<string, Throttle | undefined>();
  for (const setting of settings) {
    throttles.set(
      `${decodeSettingPath(setting.ResourcePath)} ${setting.HttpMethod}`,
      readThrottle(setting.ThrottlingRateLimit, setting.ThrottlingBurstLimit),
    );
  }
  const methods = resources.map((resource) => readMethod(resource, references, throttles));
  const declared = new Set(methods.map(({ resourcePath, httpMethod }) => `${resourcePath} ${httpMethod}`));
  for (const key of throttles.keys()) {
    if (key !== '/* *' && !declared.has(key)) {
      throw new UnsupportedResourceError(
        references.stage,
        `property MethodSettings: there is no method "${key}"`,
      );
    }
  }
  return methods;
}

/** `/~1usage` is `/usage`, `/~1` is `/`; `/*` stands for every resource. */
function decodeSettingPath(path: string): string {
  if (path === '/*') return path;
  const decoded = path.replace(/^\//, '').replaceAll('~1', '/').replaceAll('~0', '~');
  return decoded.startsWith('/') ? decoded : `/${decoded}`;
}

function readMethod(
  resource: ResolvedResource,
  { paths, authorizers, parameterValidators }: MethodReferences,
  throttles: ReadonlyMap<string, Throttle | undefined>,
): Method {
  const properties = parseProperties(methodSchema, resource);
  const resourcePath = find(resource, 'ResourceId', paths, properties.ResourceId);
  const custom = properties.AuthorizationType === 'CUSTOM';
  const validator = properties.RequestValidatorId;
  const validates =
    validator !== undefined && find(resource, 'RequestValidatorId', parameterValidators, validator);
  return {
    resourceId: properties.ResourceId,
    resourcePath,
    httpMethod: properties.HttpMethod,
    authorizer: custom
      ? find(resource, 'AuthorizerId', authorizers, properties.AuthorizerId ?? '')
      : undefined,
    keyRequired: properties.ApiKeyRequired,
    requiredParameters: validates ? readRequired(resource, properties.RequestParameters) : [],
    throttle: throttles.get(`${resourcePath} ${properties.HttpMethod}`) ?? throttles.get('/* *'),
    integration: readIntegration(resource, properties),
  };
}

function find<V>(resource: ResolvedResource, property: string, map: ReadonlyMap<string, V>, id: string): V {
  const value = map.get(id);
  if (value === undefined) {
    throw new UnsupportedResourceError(resource, `property ${property}: there is no "${id}" in the stack`);
  }
  return value;
}

function readRequired(
  resource: ResolvedResource,
  parameters: Readonly<Record<string, boolean>>,
): RequestParameter[] {
  return Object.entries(parameters).flatMap(([key, required]) =>
    readProperty(resource, `RequestParameters.${key}`, (): RequestParameter[] => {
      const [, location, name] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(key) ?? [];
      if (name === undefined) throw new Error('only method.request.{header,querystring,path}.* is supported');
      if (!required) return [];
      if (location === 'header') return [{ location, name: canonicalHeaderName(name) }];
      return [{ location: location === 'path' ? 'path' : 'querystring', name }];
    }),
  );
}

function readIntegration(
  resource: ResolvedResource,
  properties: Properties,
): ProxyIntegration | MockIntegration {
  const integration = properties.Integration;
  if (integration.Type === 'AWS_PROXY') {
    return {
      kind: 'lambda',
      functionArn: readProperty(resource, 'Integration.Uri', () => functionOfUri(integration.Uri)),
      timeoutMs: integration.TimeoutInMillis,
    };
  }
  return {
    kind: 'mock',
    passthrough: integration.PassthroughBehavior,
    requestTemplates: readTemplates(resource, 'Integration.RequestTemplates', integration.RequestTemplates),
    responses: integration.IntegrationResponses.map((response, index) => {
      const path = `Integration.IntegrationResponses.${index}`;
      const method = properties.MethodResponses.find(({ StatusCode }) => StatusCode === response.StatusCode);
      if (!method) {
        throw new UnsupportedResourceError(
          resource,
          `property ${path}.StatusCode: MethodResponses has no ${response.StatusCode}`,
        );
      }
      for (const name of Object.keys(response.ResponseParameters)) {
        if (!(name in method.ResponseParameters)) {
          throw new UnsupportedResourceError(
            resource,
            `property ${path}.ResponseParameters.${name}: MethodResponses does not declare it`,
          );
        }
      }
      return {
        status: Number(response.StatusCode),
        selectionPattern: readProperty(resource, `${path}.SelectionPattern`, () =>
          response.SelectionPattern ? new RegExp(`^(?:${response.SelectionPattern})$`) : undefined,
        ),
        headers: readHeaders(
          resource,
          `${path}.ResponseParameters`,
          'method.response.header.',
          response.ResponseParameters,
        ),
        templates: readTemplates(resource, `${path}.ResponseTemplates`, response.ResponseTemplates),
      };
    }),
  };
}
