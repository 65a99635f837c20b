import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { createApiGatewayControl } from './aws/api-gateway/control.ts';
import { createCognito } from './aws/cognito.ts';
import { startAwsEndpoint } from './aws/endpoint.ts';
import { createIam, type Iam } from './aws/iam.ts';
import { createKms } from './aws/kms.ts';
import { createSecretsManager } from './aws/secrets-manager.ts';
import { createSes } from './aws/ses.ts';
import { createSns } from './aws/sns.ts';
import { type Clock, createClock } from './clock.ts';
import { clockRoutes } from './clock-routes.ts';
import { readSite } from './dashboard/read-site.ts';
import { relocate } from './dashboard/relocate.ts';
import { type Dashboard, startDashboard } from './dashboard/start-dashboard.ts';
import { startDynamoDb } from './dynamodb/start-dynamodb.ts';
import { functionName, functionOfUri } from './gateway/function-uri.ts';
import { type Gateway, startGateway } from './gateway/start-gateway.ts';
import { startInbox } from './inbox.ts';
import { readUserPool } from './issuer/read-user-pool.ts';
import { type Issuer, startIssuer } from './issuer/start-issuer.ts';
import { type LocalLambda, startLambda } from './lambda/start-lambda.ts';
import { type LogSubscriptions, startLogSubscriptions } from './log-subscriptions.ts';
import { type LogFiles, openLogFiles } from './logs.ts';
import type { LocalEnvironment, ResolvedResource } from './model.ts';
import { reachesStripe, stripeAddress } from './payment-secrets.ts';
import { startSchedules } from './schedules.ts';
import { openState } from './state.ts';
import { type Streams, startStreams } from './streams.ts';
import { type Stripe, startStripe } from './stripe/start-stripe.ts';
import type { ResolvedTemplate } from './template/resolve.ts';

export interface ServicesOptions {
  readonly environment: LocalEnvironment;
  readonly template: ResolvedTemplate;
  readonly assetPath: (functionLogicalId: string) => string;
  /** Folder of what a deployment uploads as a zip file under a key. */
  readonly assetFolder: (objectKey: string) => string;
  /** Folder for what V8 has compiled of the functions; in the data folder by default. */
  readonly compileCache?: string | undefined;
  /** Ports; 0 takes a free one. */
  readonly dashboardPort: number;
  readonly port: number;
  readonly awsPort: number;
  readonly inboxPort: number;
  readonly issuerPort: number;
  readonly stripePort: number;
  /** Whether the functions that programs call start ahead of the first call. */
  readonly warm?: boolean;
  /** Where the clock of a new data folder begins. */
  readonly startsAt?: number | undefined;
  /** Each access log line, beside the log file. */
  readonly onRequest?: ((line: string) => void) | undefined;
}

export interface Services {
  /** Absent where the template has no distribution. */
  readonly dashboardUrl?: string;
  readonly apiUrl: string;
  readonly awsEndpoint: string;
  readonly inboxUrl: string;
  /** Absent where the template has no user pool. */
  readonly issuerUrl?: string;
  /** The stand-in of Stripe; absent where no function of the template talks to Stripe. */
  readonly stripe?: Stripe;
  readonly clock: Clock;
  readonly iam: Iam;
  readonly lambda: LocalLambda;
  readonly logs: LogFiles;
  readonly logSubscriptions: LogSubscriptions;
  readonly streams: Streams;
  /** With the address of the dashboard on this machine instead of the distribution's. */
  readonly template: ResolvedTemplate;
}

/**
 * Brings up what the template declares, each part on those before it. What is started is deferred to `running`, which
 * ends it in reverse: the gateway takes no more requests first, the state closes last.
 */
export async function startServices(
  options: ServicesOptions,
  running: AsyncDisposableStack,
): Promise<Services> {
  const { environment } = options;
  let awsEndpoint = '';
  let apiUrl = '';
  let issuer: Issuer | undefined;
  let stripe: Stripe | undefined;
  /** What the world reaches under an address of the cloud, and where it is on this machine, as far as it runs by now. */
  const localAddresses = () => [
    ...options.template.apiAddresses.map((address) => [address, apiUrl || address] as const),
    ...(pool?.addresses ?? []).map((address) => [address, issuer?.url ?? address] as const),
    [stripeAddress, stripe?.url ?? stripeAddress] as const,
  ];
  // KMS keys and peppers lie here in clear, so the file is the user's alone.
  const statePath = join(environment.dataDir, 'state.sqlite');
  const state = openState(statePath);
  running.defer(() => state.close());
  chmodSync(statePath, 0o600);
  const logs = openLogFiles(environment.dataDir);
  running.defer(() => logs.close());

  // Before all others, who are told where it is.
  const { dashboard, template } = await startSite(options, localAddresses, logs);
  if (dashboard !== undefined) running.defer(() => dashboard.close());
  const { resources } = template;
  const pool = readUserPool(resources, environment);

  const clock = createClock({ state, startsAt: options.startsAt });
  const shared = { environment, clock, state, resources };
  const iam = createIam(resources, environment);
  const kms = createKms(shared);
  const secrets = createSecretsManager({ ...shared, keyArn: kms.keyArn });
  let gateway: Gateway | undefined;
  const control = createApiGatewayControl({
    ...shared,
    plans: resources,
    // The gateway, which counts, needs the keys, which are kept here, and so starts later.
    ledger: () => gateway?.ledger ?? { daily: () => ({}) },
  });
  const dynamodb = await startDynamoDb({ ...shared, tables: template.byType('AWS::DynamoDB::Table') });
  running.defer(() => dynamodb.close());

  const lambda = await startFunctions(
    { ...options, template },
    { clock, iam, logs, awsEndpoint: () => awsEndpoint, localAddresses },
  );
  const inbox = await startInbox({ port: options.inboxPort });
  running.defer(() => inbox.close());
  if (pool !== undefined) {
    issuer = await startIssuer({
      environment,
      pool,
      clock,
      inbox,
      port: options.issuerPort,
      compileCache: options.compileCache ?? join(environment.dataDir, 'compile-cache'),
      log: (line) => logs.write('/local/issuer', line),
    });
    const { close } = issuer;
    running.defer(close);
  }
  if (reachesStripe(template)) {
    // Listens to the clock before the schedules do: what is paid, or not, in a step is known to them within the step.
    stripe = await startStripe({
      port: options.stripePort,
      clock,
      state,
      log: (line) => logs.write('/local/stripe', line),
      webhookUrl: () => (apiUrl === '' ? undefined : `${apiUrl}/webhooks/stripe`),
    });
    const { close } = stripe;
    running.defer(close);
  }
  const sns = createSns({
    ...shared,
    keyArn: kms.keyArn,
    invoker: lambda,
    log: (line) => logs.write('/local/sns', line),
  });
  const ses = createSes({ ...shared, inbox, sns, log: (line) => logs.write('/local/ses', line) });
  const cognito = createCognito({
    environment,
    userPool: pool && issuer && { poolId: pool.poolId, issuer },
  });
  const endpoint = await startAwsEndpoint({
    port: options.awsPort,
    services: [dynamodb, secrets, kms, control, lambda.service, ses, sns, cognito],
    access: iam,
  });
  running.defer(() => endpoint.close());
  awsEndpoint = endpoint.url;
  running.defer(() => lambda.close());
  // Listens to the clock before the schedules do: what was logged before a step is known to them within the step. Ends
  // after all that writes logs.
  const logSubscriptions = startLogSubscriptions({
    ...shared,
    invoker: lambda,
    log: (line) => logs.write('/local/log-subscriptions', line),
  });
  running.defer(() => logSubscriptions.close());
  logs.follow(logSubscriptions.take);

  // Before anything runs that may need to know where the API stands.
  const started = await startGateway({
    ...shared,
    resources: resources.filter(({ type }) => /^AWS::(ApiGateway::|Lambda::Permission$)/.test(type)),
    invoker: lambda,
    usageKeys: control.registry,
    port: options.port,
    accessLog: (group, line) => {
      logs.write(group, line);
      options.onRequest?.(line);
    },
    localRoutes: clockRoutes(clock),
  });
  gateway = started;
  apiUrl = started.url;
  let closing: Promise<void> | undefined;
  const closeGateway = () => {
    closing ??= started.close();
    return closing;
  };
  running.defer(closeGateway);

  const schedules = startSchedules({
    ...shared,
    invoker: lambda,
    log: (line) => logs.write('/local/schedules', line),
  });
  running.defer(() => schedules.close());
  // Once more behind the schedules: what they caused at Stripe is told of within the step.
  stripe?.start();
  // Listens to the clock after the schedules do: a step of a move is over when what they wrote was handed over, too.
  const streams = startStreams({
    ...shared,
    stream: dynamodb.stream,
    iam,
    invoker: lambda,
    log: (line) => logs.write('/local/streams', line),
  });
  running.defer(() => streams.close());
  // Behind the streams, for the same reason: what became of a mail that a step sent is heard of within the step.
  sns.start();
  running.defer(() => sns.close());
  // Once more, for it is to be the first to close: what it let in is answered by all that runs behind it.
  running.defer(closeGateway);
  // But what Stripe tells of is taken as long as there is somebody to take it.
  if (stripe !== undefined) running.defer(stripe.stop);
  // A caller of the API should not wait for a first start; who invokes a function by hand can.
  if (options.warm !== false) await lambda.warm(behindAuthorizers(template));
  return {
    ...(dashboard === undefined ? {} : { dashboardUrl: dashboard.url }),
    apiUrl,
    awsEndpoint,
    inboxUrl: inbox.url,
    ...(issuer === undefined ? {} : { issuerUrl: issuer.url }),
    ...(stripe === undefined ? {} : { stripe }),
    clock,
    iam,
    lambda,
    logs,
    logSubscriptions,
    streams,
    template,
  };
}

type LocalAddresses = () => readonly (readonly [address: string, local: string])[];

/** The template's distribution, and the template with its address on this machine. */
async function startSite(
  { environment, template, assetFolder, dashboardPort }: ServicesOptions,
  localAddresses: LocalAddresses,
  logs: LogFiles,
): Promise<{ dashboard?: Dashboard; template: ResolvedTemplate }> {
  const site = readSite(template.resources, environment, assetFolder);
  if (site === undefined) return { template };
  const dashboard = await startDashboard({
    site,
    port: dashboardPort,
    reached: (text) => replaced(text, localAddresses()),
    reachedOrigins: (text) => replaced(text, localAddresses().map(originsOf)),
    log: (line) => logs.write('/local/dashboard', line),
  });
  return { dashboard, template: relocate(template, site.addresses, dashboard.url) };
}

function replaced(text: string, addresses: ReturnType<LocalAddresses>): string {
  return addresses.reduce((value, [address, local]) => value.replaceAll(address, local), text);
}

function originsOf([address, local]: readonly [string, string]): readonly [string, string] {
  return [new URL(address).origin, new URL(local).origin];
}

function startFunctions(
  { environment, template, assetPath, compileCache }: ServicesOptions,
  parts: {
    clock: Clock;
    iam: Iam;
    logs: LogFiles;
    awsEndpoint: () => string;
    localAddresses: LocalAddresses;
  },
): Promise<LocalLambda> {
  const functions = template.byType('AWS::Lambda::Function');
  const groups = new Map(functions.map((resource) => [resource.ref, logGroupOf(resource)]));
  return startLambda({
    environment,
    clock: parts.clock,
    functions,
    assetPath,
    compileCache,
    awsEndpoint: parts.awsEndpoint,
    reached: (value) => replaced(value, parts.localAddresses()),
    credentialsOf: parts.iam.credentialsOf,
    log: (functionName, _requestId, line) => parts.logs.write(groups.get(functionName) ?? functionName, line),
  });
}

/** Authorizers, and the functions behind them: what programs call. A page that a person opens now and then can start then. */
function behindAuthorizers(template: ResolvedTemplate): string[] {
  const authorizers = template.byType('AWS::ApiGateway::Authorizer').map(({ properties }) => properties);
  const integrations = template
    .byType('AWS::ApiGateway::Method')
    .filter(({ properties }) => properties['AuthorizationType'] === 'CUSTOM')
    .map(({ properties }) => properties['Integration'] as { Uri?: unknown });
  const uris = [
    ...authorizers.map((properties) => properties['AuthorizerUri']),
    ...integrations.map(({ Uri }) => Uri),
  ];
  return [...new Set(uris.map((uri) => functionName(functionOfUri(String(uri)))))];
}

function logGroupOf({ ref, properties }: ResolvedResource): string {
  const config = properties['LoggingConfig'] as { LogGroup?: string } | undefined;
  return config?.LogGroup ?? `/aws/lambda/${ref}`;
}
