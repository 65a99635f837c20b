import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtOnce } from './data-folder.ts';
import type { RunningStack } from './start-stack.ts';

interface DemoKey {
  readonly keyId: string;
  readonly apiKey: string;
}

const requestedBy = 'npm start';
const email = 'demo@example.com';
const tier = 'pro';

/**
 * A key to try the stack with, made as an admin makes one. It is kept in the data folder, readable by the user alone,
 * so that a `curl` of yesterday goes on working; the tables hold its hash only.
 * @returns the whole key, or why there is none
 */
export async function demoKey(stack: RunningStack): Promise<{ apiKey: string } | { problem: string }> {
  const path = join(stack.dataDir, 'demo-key.json');
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as DemoKey) : undefined;
  if (kept !== undefined && (await isLive(stack, kept))) return { apiKey: kept.apiKey };
  const made =
    (kept && (await invoke(stack, 'rotate-key', { keyId: kept.keyId, requestedBy }))) ??
    (await invoke(stack, 'generate-key', { tier, email, name: 'demo', requestedBy }));
  if (made === undefined) {
    return { problem: `generate-key refused one for ${email}; its log says why` };
  }
  const { keyId, apiKey } = made as unknown as DemoKey;
  writeAtOnce(path, JSON.stringify({ keyId, apiKey } satisfies DemoKey));
  return { apiKey };
}

async function isLive(stack: RunningStack, { apiKey }: DemoKey): Promise<boolean> {
  const key = await invoke(stack, 'get-key', { apiKey });
  const presented = key?.['presented'] as { state?: string } | undefined;
  return key?.['status'] === 'active' && presented?.state === 'live';
}

/** The answer, or undefined where the function refuses. */
async function invoke(
  stack: RunningStack,
  name: string,
  payload: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const outcome = await stack.invoker.invoke(stack.functions[name] ?? name, payload);
  return outcome.kind === 'returned' ? (outcome.payload as Record<string, unknown>) : undefined;
}
