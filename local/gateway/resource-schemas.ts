import { z } from 'zod';

/**
 * The properties of each resource type that the local gateway knows. Strict all the way down: a property that is not here
 * would be silently without effect on the laptop, so it is refused. What has no effect by intent is gone before
 * (`no-effect.ts`).
 */
const number = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(?:\.\d+)?$/)
      .transform(Number),
  ])
  .pipe(z.number().min(0));
const count = number.pipe(z.number().int());
const boolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);
const text = z.string();
const texts = z.record(text, text);
const status = z.union([z.string(), z.number().transform(String)]).pipe(z.string().regex(/^[1-5]\d\d$/));
const restApi = { RestApiId: text };

export const restApiSchema = z.strictObject({
  Name: text.optional(),
  ApiKeySourceType: z.enum(['AUTHORIZER', 'HEADER']).default('HEADER'),
  BinaryMediaTypes: z.array(text).default([]),
});

export const resourceSchema = z.strictObject({ ...restApi, ParentId: text, PathPart: text });

const contentTemplates = texts.default({});
const timeout = count.pipe(z.number().min(50).max(29_000)).default(29_000);

const proxyIntegrationSchema = z.strictObject({
  Type: z.literal('AWS_PROXY'),
  IntegrationHttpMethod: z.literal('POST'),
  Uri: text,
  TimeoutInMillis: timeout,
  /** No effect: a proxy integration hands over whatever comes. */
  PassthroughBehavior: text.optional(),
  ResponseTransferMode: z.literal('BUFFERED').optional(),
});

const mockIntegrationSchema = z.strictObject({
  Type: z.literal('MOCK'),
  PassthroughBehavior: z.enum(['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER']).default('WHEN_NO_MATCH'),
  RequestTemplates: contentTemplates,
  TimeoutInMillis: timeout,
  IntegrationResponses: z
    .array(
      z.strictObject({
        StatusCode: status,
        SelectionPattern: text.optional(),
        ResponseParameters: texts.default({}),
        ResponseTemplates: contentTemplates,
      }),
    )
    .default([]),
});

export const methodSchema = z.strictObject({
  ...restApi,
  ResourceId: text,
  HttpMethod: z.enum(['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']),
  AuthorizationType: z.enum(['NONE', 'CUSTOM']).default('NONE'),
  AuthorizerId: text.optional(),
  ApiKeyRequired: boolean.default(false),
  RequestParameters: z.record(text, boolean).default({}),
  RequestValidatorId: text.optional(),
  MethodResponses: z
    .array(
      z.strictObject({
        StatusCode: status,
        ResponseParameters: z.record(text, boolean).default({}),
      }),
    )
    .default([]),
  Integration: z.discriminatedUnion('Type', [proxyIntegrationSchema, mockIntegrationSchema]),
});

export const validatorSchema = z.strictObject({
  ...restApi,
  Name: text.optional(),
  ValidateRequestParameters: boolean.default(false),
  /** Without a model (`RequestModels` is refused) API Gateway skips the body. */
  ValidateRequestBody: boolean.optional(),
});

export const authorizerSchema = z.strictObject({
  ...restApi,
  Name: text.optional(),
  Type: z.literal('REQUEST'),
  AuthorizerUri: text,
  IdentitySource: text.optional(),
  AuthorizerResultTtlInSeconds: count.pipe(z.number().max(3600)).default(300),
});

export const gatewayResponseSchema = z.strictObject({
  ...restApi,
  ResponseType: text,
  StatusCode: status.optional(),
  ResponseParameters: texts.default({}),
  ResponseTemplates: contentTemplates,
});

export const deploymentSchema = z.strictObject(restApi);

export const stageSchema = z.strictObject({
  ...restApi,
  StageName: text,
  DeploymentId: text.default(''),
  AccessLogSetting: z.strictObject({ DestinationArn: text, Format: text }).optional(),
  MethodSettings: z
    .array(
      z.strictObject({
        HttpMethod: text,
        ResourcePath: text,
        ThrottlingRateLimit: number.optional(),
        ThrottlingBurstLimit: count.optional(),
        CachingEnabled: z.literal(false).optional(),
      }),
    )
    .default([]),
  Variables: texts.default({}),
  CacheClusterEnabled: z.literal(false).optional(),
});

const throttle = z.strictObject({ RateLimit: number.optional(), BurstLimit: count.optional() });

export const usagePlanSchema = z.strictObject({
  UsagePlanName: text.optional(),
  ApiStages: z
    .array(z.strictObject({ ApiId: text, Stage: text, Throttle: z.record(text, throttle).default({}) }))
    .default([]),
  Throttle: throttle.optional(),
  Quota: z
    .strictObject({
      Limit: count,
      Period: z.enum(['DAY', 'WEEK', 'MONTH']),
      Offset: z.union([z.literal(0), z.literal('0')], 'an offset other than 0 is not supported').optional(),
    })
    .optional(),
});

export const permissionSchema = z.strictObject({
  Action: z.enum(['lambda:InvokeFunction', 'lambda:*']),
  FunctionName: text,
  Principal: text,
  SourceArn: text.optional(),
});
