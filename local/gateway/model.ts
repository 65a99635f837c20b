import type { ResponseType } from './failures.ts';
import type { Mapping, Template } from './template.ts';

/** The API as the template declares it: read once at start, never changed. */
export interface GatewayModel {
  readonly apiId: string;
  /** Where a usage key comes from: the authorizer's `usageIdentifierKey` or the `X-Api-Key` header. */
  readonly keySource: 'AUTHORIZER' | 'HEADER';
  readonly binaryMediaTypes: readonly string[];
  readonly stage: Stage;
  readonly methods: readonly Method[];
  readonly responses: ReadonlyMap<ResponseType, CustomResponse>;
  readonly plans: readonly UsagePlan[];
  readonly permissions: readonly InvokePermission[];
}

export interface Stage {
  readonly name: string;
  readonly deploymentId: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly accessLog: { readonly destinationArn: string; readonly format: Template } | undefined;
}

export interface Method {
  readonly resourceId: string;
  /** As declared, such as `/keys/{id}`. */
  readonly resourcePath: string;
  /** `GET`, ..., or `ANY`. */
  readonly httpMethod: string;
  readonly authorizer: Authorizer | undefined;
  readonly keyRequired: boolean;
  /** What the request validator insists on; empty where there is no validator. */
  readonly requiredParameters: readonly RequestParameter[];
  /** The stage's method setting. */
  readonly throttle: Throttle | undefined;
  readonly integration: ProxyIntegration | MockIntegration;
}

export interface RequestParameter {
  readonly location: 'header' | 'querystring' | 'path';
  readonly name: string;
}

export interface ProxyIntegration {
  readonly kind: 'lambda';
  readonly functionArn: string;
  readonly timeoutMs: number;
}

export interface MockIntegration {
  readonly kind: 'mock';
  /** By content type of the request. */
  readonly requestTemplates: ReadonlyMap<string, Template>;
  readonly passthrough: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly responses: readonly MockResponse[];
}

export interface MockResponse {
  /** A whole-string regular expression over the status code; absent for the default response. */
  readonly selectionPattern: RegExp | undefined;
  readonly status: number;
  readonly headers: readonly HeaderMapping[];
  readonly templates: ReadonlyMap<string, Template>;
}

export interface HeaderMapping {
  readonly name: string;
  readonly value: Mapping;
}

export interface Authorizer {
  readonly id: string;
  readonly functionArn: string;
  readonly identitySources: readonly IdentitySource[];
  /** Seconds that a policy is reused for; 0 is off. */
  readonly ttlSeconds: number;
}

export interface IdentitySource {
  readonly location: 'header' | 'querystring' | 'stageVariables' | 'context';
  readonly name: string;
}

export interface CustomResponse {
  readonly status: number | undefined;
  readonly headers: readonly HeaderMapping[];
  /** By content type. */
  readonly templates: ReadonlyMap<string, Template>;
}

/** A token bucket: `rate` tokens a second, at most `burst` at once. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

export interface UsagePlan {
  readonly id: string;
  readonly throttle: Throttle | undefined;
  /** Overrides of the plan's throttle, by `<resource path>/<method>`, such as `/usage/GET`. */
  readonly methodThrottles: ReadonlyMap<string, Throttle>;
  readonly quota: Quota | undefined;
}

export interface Quota {
  readonly limit: number;
  readonly period: 'DAY' | 'WEEK' | 'MONTH';
}

/** A resource-based policy statement that lets API Gateway invoke a function. */
export interface InvokePermission {
  readonly functionName: string;
  /** Absent: from any API. */
  readonly sourceArn: string | undefined;
}
