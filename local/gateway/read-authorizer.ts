import type { ResolvedResource } from '../model.ts';
import { functionOfUri } from './function-uri.ts';
import { canonicalHeaderName } from './header-names.ts';
import type { Authorizer, IdentitySource } from './model.ts';
import { parseProperties, readProperty, UnsupportedResourceError } from './refuse.ts';
import { authorizerSchema } from './resource-schemas.ts';

export function readAuthorizer(resource: ResolvedResource): Authorizer {
  const properties = parseProperties(authorizerSchema, resource);
  const identitySources = readProperty(resource, 'IdentitySource', () =>
    (properties.IdentitySource ?? '').split(',').flatMap(readIdentitySource),
  );
  const ttlSeconds = properties.AuthorizerResultTtlInSeconds;
  if (ttlSeconds > 0 && identitySources.length === 0) {
    throw new UnsupportedResourceError(
      resource,
      'property IdentitySource: needed where AuthorizerResultTtlInSeconds is above 0 (its default is 300)',
    );
  }
  const functionArn = readProperty(resource, 'AuthorizerUri', () => functionOfUri(properties.AuthorizerUri));
  return { id: resource.ref, functionArn, identitySources, ttlSeconds };
}

function readIdentitySource(text: string): IdentitySource[] {
  const source = text.trim();
  if (source === '') return [];
  const [, location, name] =
    /^method\.request\.(header|querystring)\.(.+)$/.exec(source) ??
    /^(stageVariables|context)\.(.+)$/.exec(source) ??
    [];
  if (name === undefined) throw new Error(`"${source}" is not supported`);
  switch (location) {
    case 'header':
      return [{ location, name: canonicalHeaderName(name) }];
    case 'querystring':
    case 'stageVariables':
    case 'context':
      return [{ location, name }];
    default:
      throw new Error(`"${source}" is not supported`);
  }
}
