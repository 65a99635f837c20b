import { Duration } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  ApiKeySourceType,
  AuthorizationType,
  type CorsOptions,
  EndpointType,
  type IResource,
  type IRestApi,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  MockIntegration,
  PassthroughBehavior,
  Period,
  RestApi,
  type UsagePlan,
} from 'aws-cdk-lib/aws-apigateway';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  apiKeyHeader,
  corsHeaders,
  exposedHeaders,
  privateHeaders,
} from '../../functions/runtime/http-headers.ts';
import type { Config } from '../config.ts';
import { type TierName, tierNames } from '../tiers.ts';
import { accessLogFormat } from './access-log-format.ts';
import type { AccountRoute } from './account-functions.ts';
import type { Accounts } from './accounts.ts';
import type { Alarms } from './alarms.ts';
import type { Authorizer } from './authorizer.ts';
import { addCustomDomain } from './custom-domain.ts';
import type { Dashboard } from './dashboard.ts';
import type { Decisions } from './decisions.ts';
import type { Delivery } from './delivery.ts';
import { addGatewayProblems } from './gateway-problems.ts';
import type { LatchkeyFunction } from './latchkey-function.ts';
import type { OpenApi } from './openapi.ts';
import { dataRemoval, logRetention, usageNamePrefix } from './stage-settings.ts';
import type { Usage } from './usage.ts';

export interface ApiProps {
  readonly config: Config;
  readonly authorizer: Authorizer;
  readonly decisions: Decisions;
  readonly usage: Usage;
  readonly delivery: Delivery;
  readonly openApi: OpenApi;
  readonly dashboard: Pick<Dashboard, 'origin'>;
  readonly alarms: Alarms;
}

/**
 * What keeps one caller from making a route expensive, or all others out: requests per second of all callers together.
 * Where a usage plan counts, it does that.
 */
const look = { rate: 100, burst: 200 };
/** Acting costs writes, keys and mails. */
const act = { rate: 20, burst: 40 };
const emergency = { rate: 200, burst: 400 };
const throttles: Readonly<Record<string, { readonly rate: number; readonly burst: number }>> = {
  '/usage/GET': { rate: 50, burst: 100 },
  '/openapi.json/GET': { rate: 20, burst: 40 },
  // Open to everybody, and one stranger must not be able to keep all owners out: a token that is none costs no read.
  '/claims/POST': { rate: 200, burst: 400 },
  '/claims/stored/POST': { rate: 200, burst: 400 },
  '/claims/renew/POST': { rate: 200, burst: 400 },
  '/claims/dispute/POST': { rate: 200, burst: 400 },
  '/account/GET': look,
  '/account/DELETE': act,
  '/account/keys/GET': look,
  '/account/keys/POST': act,
  '/account/keys/{keyId}/GET': look,
  // In an emergency: no stranger must be able to keep owners from ending what was stolen.
  '/account/keys/{keyId}/DELETE': emergency,
  '/account/keys/{keyId}/rotate/POST': emergency,
  '/account/keys/{keyId}/suspension/PUT': emergency,
  '/account/alerts/{alertId}/answer/POST': emergency,
  '/account/alerts/GET': look,
  '/account/alerts/{alertId}/GET': look,
  '/account/keys/{keyId}/claim/POST': act,
  '/account/keys/{keyId}/stored/POST': act,
  '/account/usage/GET': look,
  '/account/settings/PUT': act,
  '/account/tier/PUT': act,
  '/account/portal/POST': act,
  // Stripe comes with several at once, and again where it was refused; a signature that is none costs no read.
  '/webhooks/stripe/POST': { rate: 100, burst: 200 },
  // Read more than any other.
  '/account/audit/GET': { rate: 10, burst: 20 },
  '/account/export/GET': { rate: 5, burst: 10 },
};

/** Of every method. One with settings of its own inherits none, so they are repeated there. */
const methodSettings = {
  metricsEnabled: true,
  // Execution logs would hold request headers, and with them keys: off, whatever the account's default.
  loggingLevel: MethodLoggingLevel.OFF,
  dataTraceEnabled: false,
};

/** The REST API: routes, gateway responses, usage plans, access log, and the optional domain of its own. */
export class Api extends Construct {
  readonly restApi: RestApi;
  /** One line for each request: see `accessLogFormat`. */
  readonly accessLog: LogGroup;
  readonly usagePlans: Readonly<Record<TierName, UsagePlan>>;
  /** Where callers reach the API, without a slash at the end. */
  readonly url: string;
  readonly #dashboard: Pick<Dashboard, 'origin'>;

  constructor(
    scope: Construct,
    id: string,
    { config, authorizer, decisions, usage, delivery, openApi, dashboard, alarms }: ApiProps,
  ) {
    super(scope, id);
    this.#dashboard = dashboard;
    this.accessLog = new LogGroup(this, 'AccessLog', {
      logGroupName: `/latchkey/${config.stage}/api-access`,
      retention: logRetention(config),
      removalPolicy: dataRemoval(config),
    });
    this.restApi = new RestApi(this, 'RestApi', {
      restApiName: `latchkey-${config.stage}`,
      description: `${config.product.name}, keys by Latchkey (${config.stage})`,
      apiKeySourceType: ApiKeySourceType.AUTHORIZER,
      endpointTypes: [EndpointType.REGIONAL],
      // One address only: what guards the domain (its certificate, a firewall) must not be passed by.
      disableExecuteApiEndpoint: config.domain !== undefined,
      cloudWatchRole: true,
      deployOptions: {
        stageName: config.stage,
        tracingEnabled: true,
        ...methodSettings,
        accessLogDestination: new LogGroupLogDestination(this.accessLog),
        accessLogFormat: AccessLogFormat.custom(accessLogFormat),
        methodOptions: Object.fromEntries(
          Object.entries(throttles).map(([route, { rate, burst }]) => [
            route,
            { ...methodSettings, throttlingRateLimit: rate, throttlingBurstLimit: burst },
          ]),
        ),
      },
      defaultCorsPreflightOptions: {
        allowOrigins: ['*'],
        allowMethods: ['GET', 'POST'],
        allowHeaders: ['Content-Type', apiKeyHeader],
        exposeHeaders: exposedHeaders,
        maxAge: Duration.hours(1),
      },
    });
    // The stack's own output `ApiUrl` tells the address, the custom domain's where there is one.
    this.restApi.node.tryRemoveChild('Endpoint');
    this.#addRoutes(authorizer, decisions, usage);
    this.#addClaimRoutes(delivery);
    this.#addDescription(openApi);
    addGatewayProblems(this.restApi, config);
    this.usagePlans = this.#addUsagePlans(config);
    alarms.add(this.#serverErrorAlarm());
    const domainUrl = addCustomDomain(this, this.restApi, config);
    this.url = domainUrl ?? this.restApi.url.replace(/\/$/, '');
  }

  #addRoutes({ authorizer }: Authorizer, { evaluate }: Decisions, { report }: Usage): void {
    const authorized = { authorizer, authorizationType: AuthorizationType.CUSTOM };
    this.restApi.root
      .addResource('decisions')
      .addResource('evaluate')
      .addMethod('POST', integrationOf(evaluate), {
        ...authorized,
        apiKeyRequired: true,
      });
    this.restApi.root.addResource('usage').addMethod('GET', integrationOf(report), {
      ...authorized,
      apiKeyRequired: false,
    });
    this.#addMock('health', 200, {
      headers: { ...corsHeaders, ...privateHeaders },
      template: '{"status":"ok","requestId":"$context.requestId"}',
    });
  }

  /** `GET` of what the gateway answers by itself. It costs no function, so that nobody can make it expensive. */
  #addMock(path: string, status: number, answer: MockAnswer): void {
    const statusCode = String(status);
    const parameters = Object.entries(answer.headers).map(
      ([name, value]) => [`method.response.header.${name}`, `'${value}'`] as const,
    );
    const integration = new MockIntegration({
      passthroughBehavior: PassthroughBehavior.NEVER,
      requestTemplates: { 'application/json': `{"statusCode": ${statusCode}}` },
      integrationResponses: [
        {
          statusCode,
          responseParameters: Object.fromEntries(parameters),
          ...(answer.template === undefined
            ? {}
            : { responseTemplates: { 'application/json': answer.template } }),
        },
      ],
    });
    this.restApi.root.addResource(path).addMethod('GET', integration, {
      authorizationType: AuthorizationType.NONE,
      methodResponses: [
        { statusCode, responseParameters: Object.fromEntries(parameters.map(([name]) => [name, true])) },
      ],
    });
  }

  /** Whoever has a link needs no account: the link itself is what authorizes. */
  #addClaimRoutes({ open, store, renew, dispute }: Delivery): void {
    const everybody = { authorizationType: AuthorizationType.NONE };
    this.#addMock('claim', 302, {
      // Browsers carry the token behind the link's # along, and send it nowhere.
      headers: { Location: `${this.#dashboard.origin}/claim`, ...movedHeaders },
    });
    const claims = this.restApi.root.addResource('claims');
    claims.addMethod('POST', integrationOf(open), everybody);
    claims.addResource('stored').addMethod('POST', integrationOf(store), everybody);
    claims.addResource('renew').addMethod('POST', integrationOf(renew), everybody);
    claims.addResource('dispute').addMethod('POST', integrationOf(dispute), everybody);
  }

  #addDescription({ show }: OpenApi): void {
    const description = this.restApi.root.addResource('openapi.json');
    description.addMethod('GET', integrationOf(show), { authorizationType: AuthorizationType.NONE });
  }

  /**
   * The routes of signed-in subscribers, which come once the functions behind them know the usage plans. Pages of the
   * dashboard may call them from a browser, and no others.
   */
  addAccountRoutes({ authorizer }: Pick<Accounts, 'authorizer'>, routes: readonly AccountRoute[]): void {
    const defaultCorsPreflightOptions: CorsOptions = {
      allowOrigins: [this.#dashboard.origin],
      allowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
      allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key'],
      exposeHeaders: exposedHeaders,
      maxAge: Duration.hours(1),
    };
    for (const { method, path, fn } of routes) {
      const resource = path
        .split('/')
        .reduce<IResource>(
          (parent, part) =>
            parent.getResource(part) ?? parent.addResource(part, { defaultCorsPreflightOptions }),
          this.restApi.root,
        );
      resource.addMethod(method, integrationOf(fn), {
        authorizer,
        authorizationType: AuthorizationType.CUSTOM,
        apiKeyRequired: false,
      });
    }
  }

  /** What signs its messages instead of signing in. No page calls it. */
  addWebhook(name: string, fn: LatchkeyFunction): void {
    const webhooks = this.restApi.root.addResource('webhooks');
    webhooks.addResource(name).addMethod('POST', integrationOf(fn), {
      authorizationType: AuthorizationType.NONE,
    });
  }

  /** Whatever goes wrong on our side ends as a 5xx, an authorizer that never answers too. */
  #serverErrorAlarm(): Alarm {
    return new Alarm(this, 'ServerErrors', {
      metric: this.restApi.deploymentStage.metricServerError({
        statistic: 'Sum',
        period: Duration.minutes(5),
      }),
      threshold: 10,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: 'Callers get 5xx. docs/runbook.md#callers-get-5xx',
    });
  }

  #addUsagePlans(config: Config): Record<TierName, UsagePlan> {
    const stage = this.restApi.deploymentStage;
    const plans = tierNames.map((tier): [TierName, UsagePlan] => {
      const { requestsPerMonth, ratePerSecond, burst } = config.limits[tier];
      return [
        tier,
        this.restApi.addUsagePlan(`UsagePlan-${tier}`, {
          name: `${usageNamePrefix(config)}-${tier}`,
          description: `Tier ${tier}: ${requestsPerMonth} requests a month for each subscription`,
          throttle: { rateLimit: ratePerSecond, burstLimit: burst },
          quota: { limit: requestsPerMonth, period: Period.MONTH },
          apiStages: [{ api: this.restApi as IRestApi, stage }],
        }),
      ];
    });
    return Object.fromEntries(plans) as Record<TierName, UsagePlan>;
  }
}

function integrationOf(fn: LatchkeyFunction): LambdaIntegration {
  return new LambdaIntegration(fn, { timeout: Duration.seconds(29), allowTestInvoke: false });
}

/** What the gateway answers by itself. */
interface MockAnswer {
  readonly headers: Readonly<Record<string, string>>;
  /** Of a JSON body; absent: there is none. */
  readonly template?: string;
}

/** Of an answer that leads elsewhere: no page that is opened from there learns of it. */
const movedHeaders = { ...privateHeaders, 'Referrer-Policy': 'no-referrer' };
