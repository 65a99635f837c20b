import { describe, expect, it } from 'vitest';
import { readModel } from '../../../local/gateway/read-model.ts';
import type { ResolvedResource } from '../../../local/model.ts';
import {
  api,
  authorizer,
  gatewayResponse,
  keyed,
  lambdaOk,
  method,
  mockOk,
  plan,
  resource,
  restApi,
  stage,
} from './support.ts';

const thing = (properties: Record<string, unknown>) => method('GET', '/thing', properties);

describe('what the gateway does not do is refused by logical id, type and property', () => {
  it.each<[string, (ResolvedResource | ResolvedResource[])[], string]>([
    [
      'a property',
      [thing({ AuthorizationScopes: ['a'] })],
      'Method-GET-res-thing (AWS::ApiGateway::Method): property AuthorizationScopes is not supported',
    ],
    [
      'a nested property',
      [thing({ Integration: { ...lambdaOk.Integration, Credentials: 'arn' } })],
      'property Integration.Credentials is not supported',
    ],
    ['an integration type', [thing({ Integration: { Type: 'HTTP_PROXY' } })], 'property Integration.Type'],
    ['IAM authorization', [thing({ AuthorizationType: 'AWS_IAM' })], 'property AuthorizationType'],
    [
      'a body model',
      [thing({ RequestModels: { 'application/json': 'm' } })],
      'property RequestModels is not supported',
    ],
    [
      'a VTL template',
      [
        thing({
          ...mockOk,
          Integration: { ...mockOk.Integration, RequestTemplates: { 'application/json': '#set($a = 1)' } },
        }),
      ],
      'property Integration.RequestTemplates.application/json: a template with "#set" (VTL)',
    ],
    [
      'a stage variable in a URI',
      [thing({ Integration: { ...lambdaOk.Integration, Uri: 'arn:$' } })],
      'property Integration.Uri',
    ],
    [
      'an undeclared response header',
      [
        thing({
          ...mockOk,
          Integration: {
            ...mockOk.Integration,
            IntegrationResponses: [
              { StatusCode: '200', ResponseParameters: { 'method.response.header.A': "'a'" } },
            ],
          },
        }),
      ],
      'MethodResponses does not declare it',
    ],
    [
      'a stage cache',
      [stage({ CacheClusterEnabled: true })],
      'Stage (AWS::ApiGateway::Stage): property CacheClusterEnabled',
    ],
    [
      'a setting of a method that is not there',
      [stage({ MethodSettings: [{ HttpMethod: 'GET', ResourcePath: '/~1usage' }] })],
      'property MethodSettings: there is no method "/usage GET"',
    ],
    [
      'a quota offset',
      [plan({ Quota: { Limit: 1, Period: 'MONTH', Offset: 3 } })],
      'Plan (AWS::ApiGateway::UsagePlan): property Quota.Offset',
    ],
    [
      'a TOKEN authorizer',
      [authorizer({ Type: 'TOKEN' })],
      'Authorizer (AWS::ApiGateway::Authorizer): property Type',
    ],
    [
      'a cached authorizer without identity',
      [authorizer({ IdentitySource: '', AuthorizerResultTtlInSeconds: 1 })],
      'property IdentitySource',
    ],
    [
      'an authorizer that is not there',
      [thing({ ...keyed, AuthorizerId: 'other' })],
      'property AuthorizerId: there is no "other"',
    ],
    ['an unknown response type', [gatewayResponse('TEAPOT', {})], 'property ResponseType: "TEAPOT"'],
    [
      'an unknown variable',
      [gatewayResponse('THROTTLED', { ResponseTemplates: { 'application/json': '$context.foo' } })],
      'property ResponseTemplates.application/json: the variable "context.foo"',
    ],
    [
      'a foreign mapping',
      [gatewayResponse('THROTTLED', { ResponseParameters: { 'gatewayresponse.header.A': 'hello' } })],
      'property ResponseParameters.gatewayresponse.header.A: the mapping "hello"',
    ],
    [
      'compression',
      [restApi({ MinimumCompressionSize: 0 })],
      'Api (AWS::ApiGateway::RestApi): property MinimumCompressionSize is not supported',
    ],
    [
      'a type',
      [resource('Model', 'AWS::ApiGateway::Model', {})],
      'Model (AWS::ApiGateway::Model): this type is not supported',
    ],
  ])('%s', (_, resources, message) => {
    expect(() => readModel(api(...resources))).toThrow(message);
  });

  it('a second API', () => {
    const second = { ...restApi(), logicalId: 'Second', ref: 'second' };
    expect(() => readModel(api(second))).toThrow(
      'Second (AWS::ApiGateway::RestApi): a second one is not supported',
    );
  });
});

it('reads permissions of other principals as none of its own', () => {
  const schedule = resource('Schedule', 'AWS::Lambda::Permission', {
    Principal: 'events.amazonaws.com',
    Other: 1,
  });
  expect(readModel(api(schedule)).permissions).toHaveLength(2);
});

it('gives a method its own setting, and the one for all methods where it has none', () => {
  const all = { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 500 };
  const own = {
    HttpMethod: 'GET',
    ResourcePath: '/~1a~1b',
    ThrottlingRateLimit: '5',
    ThrottlingBurstLimit: 10,
  };
  const model = readModel(
    api(
      method('GET', '/a/b'),
      method('GET', '/c'),
      method('GET', '/'),
      stage({ MethodSettings: [all, own] }),
    ),
  );
  expect(model.methods.map(({ resourcePath, throttle }) => [resourcePath, throttle])).toEqual([
    ['/a/b', { rate: 5, burst: 10 }],
    ['/c', { rate: 1000, burst: 500 }],
    ['/', { rate: 1000, burst: 500 }],
  ]);
});
