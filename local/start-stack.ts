import { once } from 'node:events';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import type { Iam } from './aws/iam.ts';
import type { Clock } from './clock.ts';
import { takeDataFolder, writeAtOnce } from './data-folder.ts';
import type { FunctionInvoker } from './lambda/invoker.ts';
import type { LocalLambda } from './lambda/start-lambda.ts';
import type { LogSubscriptions } from './log-subscriptions.ts';
import type { LocalEnvironment } from './model.ts';
import { setPaymentSecrets } from './payment-secrets.ts';
import { type Services, startServices } from './start-services.ts';
import type { Streams } from './streams.ts';
import type { Stripe } from './stripe/start-stripe.ts';
import { loadTemplate } from './template/load-template.ts';
import { type ResolvedTemplate, resolveTemplate } from './template/resolve.ts';
import { synthesize } from './template/synthesize.ts';

export interface StackOptions {
  /** Stage of `cdk.json`. */
  readonly stage: string;
  /** Fields of the stage's configuration that differ from `cdk.json`, such as `{ tiers: { free: { burst: 2000 } } }`. */
  readonly overrides?: unknown;
  /** Folder with the stage synthesized already, for those who start many stacks; absent: synthesized anew. */
  readonly assembly?: string;
  readonly dataDir: string;
  /** Forget what an earlier stack left in the data folder. */
  readonly fresh?: boolean;
  /** Ports; 0 takes a free one. */
  readonly dashboardPort: number;
  readonly port: number;
  readonly awsPort: number;
  readonly inboxPort: number;
  readonly issuerPort: number;
  readonly stripePort: number;
  /**
   * Whether the stack takes payments: the stand-in's secrets are put where it looks for Stripe's, as an operator does.
   * Without it, what the stack made lies there, and paid tiers are unavailable.
   */
  readonly payments?: boolean;
  /** Whether the functions that programs call start ahead of the first call; true by default. */
  readonly warm?: boolean;
  /**
   * Where the clock of a new data folder begins, in milliseconds since the epoch; at once, where a jump passes every day on
   * the way. Absent, or past: now.
   */
  readonly startsAt?: number;
  /** Told what is being done, for people who wait. */
  readonly progress?: (what: string) => void;
  /** Each access log line, beside the log file. */
  readonly onRequest?: (line: string) => void;
}

/** What `stack.json` holds. */
export interface StackDescription {
  /** Where people sign up; absent where the template does not host the dashboard. */
  readonly dashboardUrl?: string;
  readonly apiUrl: string;
  readonly awsEndpoint: string;
  /** The page with all mails that the stack sent; `GET <inboxUrl>/store` gives them as JSON. */
  readonly inboxUrl: string;
  /** The OpenID Connect issuer that stands for the user pool; absent where the template has none. */
  readonly issuerUrl?: string;
  /** The dashboard's client there, as `aud` in ID tokens. */
  readonly issuerClientId?: string;
  /** The stand-in of Stripe, and its page for the operator; absent where no function of the template talks to Stripe. */
  readonly stripeUrl?: string;
  readonly region: string;
  /** Physical names by short name: `{ "generate-key": "latchkey-dev-generate-key" }`. */
  readonly functions: Readonly<Record<string, string>>;
  readonly tables: Readonly<Record<string, string>>;
}

export interface RunningStack extends StackDescription {
  readonly stackName: string;
  /** Folder of the synthesized stack that runs. */
  readonly assembly: string;
  readonly dataDir: string;
  readonly logFolder: string;
  readonly clock: Clock;
  readonly invoker: FunctionInvoker & Pick<LocalLambda, 'interrupt'>;
  readonly iam: Iam;
  /** The event source mappings; `whenIdle` tells when all that follows from earlier writes is done. */
  readonly streams: Streams;
  /** The subscription filters of log groups; `whenIdle` tells when all that was logged was handed over. */
  readonly logSubscriptions: LogSubscriptions;
  /** The stand-in of Stripe, with its secrets; `whenIdle` tells when its webhooks were tried. */
  readonly stripe?: Stripe;
  readonly template: ResolvedTemplate;
  /** Lets requests under way finish, then frees ports and data folder. */
  close(): Promise<void>;
}

/** Where a stack that is bound to no account and Region stands locally. */
const defaults = { region: 'us-east-1', accountId: '000000000000' };

/**
 * Synthesizes the stack and brings up what its template declares.
 * @throws Error with a message for people: a port or data folder in use, something in the template that the local
 *   runner does not support, a wrong configuration
 */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const { stage, overrides = {}, progress = () => {} } = options;
  const dataDir = resolve(options.dataDir);
  const running = new AsyncDisposableStack();
  try {
    await assertFree(
      options.dashboardPort,
      options.port,
      options.awsPort,
      options.inboxPort,
      options.issuerPort,
      options.stripePort,
    );
    const folder = takeDataFolder(dataDir);
    running.defer(() => folder.release());
    progress('Synthesizing the stack');
    const assembly =
      options.assembly ?? (await synthesize({ stage, overrides, outdir: join(dataDir, 'cdk.out') }));
    const loaded = await loadTemplate(assembly);
    const environment: LocalEnvironment = {
      region: loaded.region ?? defaults.region,
      accountId: loaded.accountId ?? defaults.accountId,
      stackName: loaded.stackName,
      dataDir,
    };
    const resolved = resolveTemplate(loaded.template, environment);
    progress('Starting what the template declares');
    // Not before here: a wrong option, port or configuration must not cost anybody the data.
    if (options.fresh === true) folder.clear();
    const { dashboardPort, port, awsPort, inboxPort, issuerPort, stripePort, startsAt, onRequest } = options;
    const services = await startServices(
      {
        environment,
        template: resolved,
        assetPath: loaded.assetPath,
        assetFolder: loaded.assetFolder,
        // Beside the code that it is of, so that stacks which share the one share the other.
        compileCache: join(options.assembly ?? dataDir, 'compile-cache'),
        dashboardPort,
        port,
        awsPort,
        inboxPort,
        issuerPort,
        stripePort,
        startsAt,
        onRequest,
        warm: options.warm ?? true,
      },
      running,
    );
    const { stripe, awsEndpoint, template } = services;
    if (options.payments === true && stripe !== undefined) {
      await setPaymentSecrets({ template, awsEndpoint, region: environment.region, secrets: stripe });
    }
    const description = describe(environment, services);
    // As an operator does who would not wait for the minute in which it is noticed.
    const check = description.functions['check-payments'];
    if (options.payments === true && check !== undefined) await services.lambda.invoke(check, {});
    writeAtOnce(join(dataDir, 'stack.json'), `${JSON.stringify(description, null, 2)}\n`);
    return {
      ...description,
      stackName: environment.stackName,
      assembly,
      dataDir,
      logFolder: services.logs.folder,
      clock: services.clock,
      invoker: services.lambda,
      iam: services.iam,
      streams: services.streams,
      logSubscriptions: services.logSubscriptions,
      ...(stripe === undefined ? {} : { stripe }),
      template,
      close: () => running.disposeAsync(),
    };
  } catch (error) {
    await running.disposeAsync();
    throw error;
  }
}

function describe(
  { region, stackName }: LocalEnvironment,
  { template, dashboardUrl, apiUrl, awsEndpoint, inboxUrl, issuerUrl, stripe }: Services,
): StackDescription {
  const [client] = template.byType('AWS::Cognito::UserPoolClient');
  return {
    ...(dashboardUrl === undefined ? {} : { dashboardUrl }),
    apiUrl,
    awsEndpoint,
    inboxUrl,
    ...(issuerUrl === undefined || client === undefined ? {} : { issuerUrl, issuerClientId: client.ref }),
    ...(stripe === undefined ? {} : { stripeUrl: stripe.url }),
    region,
    functions: shortNames(template.byType('AWS::Lambda::Function'), stackName),
    tables: shortNames(template.byType('AWS::DynamoDB::Table'), stackName),
  };
}

/** @throws Error with code `EADDRINUSE` for the first port that is taken: at once, and not when half of it all runs */
async function assertFree(...ports: number[]): Promise<void> {
  for (const port of ports) {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }
}

/** `latchkey-dev-generate-key` of stack `latchkey-dev` is `generate-key`. */
function shortNames(resources: readonly { ref: string }[], stackName: string): Record<string, string> {
  const named = resources.map(({ ref }): [string, string] => [
    ref.startsWith(`${stackName}-`) ? ref.slice(stackName.length + 1) : ref,
    ref,
  ]);
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
