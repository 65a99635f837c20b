import { readFileSync } from 'node:fs';
import { App, Tags } from 'aws-cdk-lib';
import { parseConfig } from './config.ts';
import { LatchkeyStack } from './latchkey-stack.ts';

export interface BuildOptions {
  /** Context that overrides `cdk.json`, such as `{ stage: 'dev', stages: { dev: { … } } }`. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Where the cloud assembly goes; default `cdk.out`. */
  readonly outdir?: string;
}

/**
 * Builds the CDK app with its one stack, from the context keys `stage` and `stages`.
 * @throws ConfigError
 */
export function buildApp({ context, outdir }: BuildOptions = {}): { app: App; stack: LatchkeyStack } {
  const app = new App({
    // The CLI hands the context of cdk.json over; a synthesis without the CLI must give the same template.
    context: cdkJsonContext(),
    postCliContext: { ...context },
    ...(outdir === undefined ? {} : { outdir }),
    analyticsReporting: false,
  });
  const config = parseConfig(
    app.node.tryGetContext('stage') ?? 'dev',
    app.node.tryGetContext('stages') ?? {},
  );
  const stack = new LatchkeyStack(app, `latchkey-${config.stage}`, {
    config,
    description: `Latchkey: API keys as a service (${config.stage})`,
    env: {
      ...(config.account === undefined ? {} : { account: config.account }),
      ...(config.region === undefined ? {} : { region: config.region }),
    },
  });
  Tags.of(stack).add('product', 'latchkey');
  Tags.of(stack).add('stage', config.stage);
  return { app, stack };
}

/** The context of `cdk.json`: its feature flags and stages decide what the template looks like. */
export function cdkJsonContext(): Record<string, unknown> {
  const text = readFileSync(new URL('../cdk.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { context: Record<string, unknown> }).context;
}
