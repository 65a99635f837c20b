import { parseArgs, styleText } from 'node:util';
import { demoKey } from './demo-key.ts';
import { type RunningStack, startStack } from './start-stack.ts';

// Functions run in UTC, as on Lambda; a worker thread cannot have a time zone of its own.
process.env['TZ'] = 'UTC';

const usage = `Runs the whole stack on this machine, from its synthesized template.

  npm start                     begin, or go on with the data of the last time
  npm start -- --fresh          forget all data first
  npm start -- --stage prod     the stack of another stage of cdk.json (default dev)

Environment: DASHBOARD_PORT (3001), PORT (3000), AWS_PORT (4566), INBOX_PORT (8025), ISSUER_PORT (8026),
STRIPE_PORT (8027), LATCHKEY_DATA_DIR (.local)`;

/** `npm start`. */
export async function main(): Promise<void> {
  try {
    const { values } = parseArgs({
      options: {
        fresh: { type: 'boolean', default: false },
        stage: { type: 'string', default: 'dev' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return console.log(usage);
    const began = performance.now();
    const stack = await startStack({
      stage: values.stage,
      fresh: values.fresh,
      dataDir: process.env['LATCHKEY_DATA_DIR'] || '.local',
      dashboardPort: portOf('DASHBOARD_PORT', 3001),
      port: portOf('PORT', 3000),
      awsPort: portOf('AWS_PORT', 4566),
      inboxPort: portOf('INBOX_PORT', 8025),
      issuerPort: portOf('ISSUER_PORT', 8026),
      stripePort: portOf('STRIPE_PORT', 8027),
      payments: true,
      progress: (what) => console.log(dim(`${what} ...`)),
      onRequest: (line) => console.log(requestLine(line)),
    });
    const seconds = (performance.now() - began) / 1000;
    const isStopping = stopOnSignals(stack);
    const demo = await demoKey(stack);
    if (!isStopping()) announce(stack, seconds, demo);
  } catch (error) {
    console.error(red(explain(error)));
    process.exitCode = 1;
  }
}

function portOf(name: string, otherwise: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return otherwise;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Error(`${name} must be a port number from 0 to 65535, but is "${text}".`);
}

function announce(stack: RunningStack, seconds: number, demo: Awaited<ReturnType<typeof demoKey>>): void {
  const lines = [
    '',
    bold(`Latchkey is running (${stack.stackName}, ready after ${seconds.toFixed(1)} s).`),
    '',
    ...(stack.dashboardUrl === undefined ? [] : [`  Dashboard      ${stack.dashboardUrl}   sign up here`]),
    `  API            ${stack.apiUrl}`,
    `  AWS endpoint   ${stack.awsEndpoint}   (region ${stack.region}, any credentials)`,
    `  Inbox          ${stack.inboxUrl}   mails that the stack sent`,
    ...(stack.issuerUrl === undefined
      ? []
      : [`  Issuer         ${stack.issuerUrl}   signs people up and in`]),
    ...(stack.stripeUrl === undefined
      ? []
      : [`  Payments       ${stack.stripeUrl}   what Stripe shows an operator; no money moves`]),
    `  Clock          ${stack.apiUrl}/_local/clock   now ${new Date(stack.clock.now()).toISOString()}`,
    `  Data           ${stack.dataDir}`,
    `  Logs           ${stack.logFolder}`,
    '',
  ];
  if ('problem' in demo) lines.push(`  No demo key: ${demo.problem}`);
  else {
    lines.push(
      `  Demo key       ${demo.apiKey}`,
      '',
      'Try it:',
      '',
      `  curl -i ${stack.apiUrl}/decisions/evaluate \\`,
      `    -H 'X-API-Key: ${demo.apiKey}' \\`,
      "    -H 'Content-Type: application/json' \\",
      `    -d '{"category":"FINANCIAL","amount":1000,"description":"Office chairs"}'`,
    );
  }
  console.log([...lines, '', dim('Ctrl-C stops it; the data stays.'), ''].join('\n'));
}

/** @returns whether it is stopping by now */
function stopOnSignals(stack: RunningStack): () => boolean {
  let stoppingSince: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stoppingSince !== undefined) {
        // Who presses Ctrl-C twice does not want to wait. A second signal at once is the first one, which npm hands on.
        if (performance.now() - stoppingSince > 500) process.exit(130);
        return;
      }
      stoppingSince = performance.now();
      console.log(dim('\nStopping ...'));
      stack.close().then(
        () => process.exit(0),
        (error) => {
          console.error(red(explain(error)));
          process.exit(1);
        },
      );
    });
  }
  return () => stoppingSince !== undefined;
}

/** One plain line per request: `12:00:01 POST /decisions/evaluate 200 14 ms`. */
function requestLine(line: string): string {
  const entry = JSON.parse(line) as Record<string, string>;
  const { requestTimeEpoch, method, resource, status, responseLatency, responseType, keyId } = entry;
  const time = new Date(Number(requestTimeEpoch)).toISOString().slice(11, 19);
  const why = responseType === undefined || responseType === '-' ? '' : ` ${responseType}`;
  const who = keyId === undefined || keyId === '-' ? '' : ` key ${keyId}`;
  const text = `${time} ${method} ${resource} ${status}${why} ${responseLatency} ms${who}`;
  return Number(status) >= 500 ? styleText('red', text) : Number(status) >= 400 ? yellow(text) : text;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port, address } = error as { code?: string; port?: number; address?: string };
  if (code === 'EADDRINUSE') {
    const others = {
      DASHBOARD_PORT: 3001,
      AWS_PORT: 4566,
      INBOX_PORT: 8025,
      ISSUER_PORT: 8026,
      STRIPE_PORT: 8027,
    };
    const name = Object.entries(others).find((other) => port === portOf(...other))?.[0] ?? 'PORT';
    return `Port ${port} on ${address ?? '127.0.0.1'} is in use. Stop what uses it, or choose another: ${name}=${(port ?? 0) + 1} npm start`;
  }
  if (code?.startsWith('ERR_PARSE_ARGS_')) {
    return `${error.message}\n\n${usage}`;
  }
  // What was foreseen explains itself; a stack trace is for what was not.
  const foreseen = ['ConfigError', 'DataFolderError', 'TemplateError', 'Error', 'UnsupportedResourceError'];
  return foreseen.includes(error.name) ? error.message : (error.stack ?? error.message);
}

// Colour only on a terminal (and never with NO_COLOR): `styleText` looks at the stream it is for.
function bold(text: string): string {
  return styleText('bold', text, { stream: process.stdout });
}
function dim(text: string): string {
  return styleText('dim', text, { stream: process.stdout });
}
function yellow(text: string): string {
  return styleText('yellow', text, { stream: process.stdout });
}
function red(text: string): string {
  return styleText('red', text, { stream: process.stderr });
}
