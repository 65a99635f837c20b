import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, vi } from 'vitest';
import type { HttpAnswer, TestStack } from './test-stack.ts';

/** What the tests of the request path share: keys, items as DynamoDB holds them, what was logged. */

export interface MadeKey {
  readonly keyId: string;
  readonly apiKey: string;
  readonly subscriptionId: string;
  readonly tier: string;
}

let addresses = 0;

/** A key of a new subscription, or another key of the subscription with that address. */
export function makeKey(stack: TestStack, tier = 'pro', email = newAddress()): Promise<MadeKey> {
  return stack.manage<MadeKey>('generate-key', { tier, email, requestedBy: 'an admin' });
}

export function newAddress(): string {
  addresses += 1;
  return `caller-${addresses}@example.com`;
}

/** For the AWS SDK, as an administrator. */
export function clientOptions(stack: TestStack) {
  return {
    endpoint: stack.awsEndpoint,
    region: stack.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}

export function apiGatewayClient(stack: TestStack): APIGatewayClient {
  return new APIGatewayClient(clientOptions(stack));
}

export function tableOf(stack: TestStack, name: string): string {
  return stack.tables[name] ?? `no table ${name}`;
}

export async function keyItem(stack: TestStack, keyId: string): Promise<Record<string, unknown>> {
  const { Item } = await stack.dynamodb.send(
    new GetCommand({ TableName: tableOf(stack, 'Keys'), Key: { keyId }, ConsistentRead: true }),
  );
  return Item ?? {};
}

/** Changes a key's item behind the product's back. */
export async function changeKeyItem(
  stack: TestStack,
  keyId: string,
  changes: Record<string, unknown>,
): Promise<void> {
  await stack.dynamodb.send(
    new PutCommand({
      TableName: tableOf(stack, 'Keys'),
      Item: { ...(await keyItem(stack, keyId)), ...changes },
    }),
  );
}

/** The month's counter as DynamoDB holds it. */
export async function usageItem(
  stack: TestStack,
  subscriptionId: string,
  period = periodNow(stack),
): Promise<Record<string, unknown>> {
  const { Item } = await stack.dynamodb.send(
    new GetCommand({
      TableName: tableOf(stack, 'Usage'),
      Key: { subscriptionId, period },
      ConsistentRead: true,
    }),
  );
  return Item ?? {};
}

/** Makes it look as if the subscription had made so many requests this month. */
export async function setUsed(stack: TestStack, subscriptionId: string, total: number): Promise<void> {
  await stack.dynamodb.send(
    new UpdateCommand({
      TableName: tableOf(stack, 'Usage'),
      Key: { subscriptionId, period: periodNow(stack) },
      UpdateExpression: 'SET #total = :total',
      ExpressionAttributeNames: { '#total': 'total' },
      ExpressionAttributeValues: { ':total': total },
    }),
  );
}

export function periodNow(stack: TestStack): string {
  return new Date(stack.clock.now()).toISOString().slice(0, 7);
}

/** Whole seconds from a moment to the end of its month in UTC, reckoned by the calendar. */
export function secondsToMonthEnd(at: number): number {
  const date = new Date(at);
  const end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
  return Math.ceil((end - at) / 1000);
}

/** Noon of the 2nd of the next month: where a stack's clock begins, no month or hour changes in the middle of a test. */
export function inNextMonth(): number {
  const now = new Date();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 2, 12);
}

export async function setClock(stack: TestStack, target: Date): Promise<void> {
  const { status, text } = await stack.request(
    'POST',
    '/_local/clock',
    {},
    JSON.stringify({ set: target.toISOString() }),
  );
  expect(status, text).toBe(200);
}

/** The pepper secret through the SDK, and a way to replace it. */
export function pepperSecret(stack: TestStack) {
  const SecretId = secretIdOf(stack, 'KeysPepper');
  const client = new SecretsManagerClient(clientOptions(stack));
  return {
    async read(): Promise<Record<string, string>> {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
      return JSON.parse(SecretString ?? '{}') as Record<string, string>;
    },
    async write(SecretString: string): Promise<void> {
      await client.send(new PutSecretValueCommand({ SecretId, SecretString }));
    },
  };
}

/** What claim links are made with: whoever has it can make links. */
export async function readClaimSecret(stack: TestStack): Promise<string> {
  const { SecretString = '' } = await new SecretsManagerClient(clientOptions(stack)).send(
    new GetSecretValueCommand({ SecretId: secretIdOf(stack, 'DeliveryClaimSecret') }),
  );
  return SecretString;
}

function secretIdOf(stack: TestStack, name: string): string {
  const secrets = stack.template.byType('AWS::SecretsManager::Secret');
  const found = secrets.find(({ logicalId }) => logicalId.startsWith(name));
  return found?.ref ?? `no secret ${name} in the template`;
}

export type LogLine = Record<string, unknown>;

/** What one function has logged so far, parsed; lines that are no JSON (the platform's own) are left out. */
export async function functionLog(stack: TestStack, name: string): Promise<LogLine[]> {
  const text = await readFile(join(stack.logFolder, 'latchkey', 'dev', `${name}.log`), 'utf8').catch(
    () => '',
  );
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}

/** The lines that a function logged about one request, as soon as there are any. */
export function logOf(stack: TestStack, name: string, answer: HttpAnswer): Promise<LogLine> {
  const requestId = requestIdOf(answer);
  return vi.waitFor(async () => {
    const found = (await functionLog(stack, name)).find((line) => line['apiRequestId'] === requestId);
    expect(found, `${name} logs request ${requestId}`).toBeDefined();
    return found ?? {};
  });
}

/** Sum of a metric that a function emitted, over the lines that have these dimensions. */
export async function metricSum(
  stack: TestStack,
  name: string,
  metric: string,
  dimensions: Record<string, string> = {},
): Promise<number> {
  return (await functionLog(stack, name))
    .filter((line) => line['_aws'] !== undefined)
    .filter((line) => Object.entries(dimensions).every(([key, value]) => line[key] === value))
    .reduce((sum, line) => sum + Number(line[metric] ?? 0), 0);
}

export function requestIdOf(answer: HttpAnswer): string {
  return answer.headers.get('x-amzn-requestid') ?? 'an answer without a request id';
}

const documentation = 'https://docs.aiweedcompany.com/problems';

/** Expects a problem (RFC 9457) with the members that every one has, and gives its body. */
export function expectProblem(
  answer: HttpAnswer,
  status: number,
  type: string,
  title: string,
): Record<string, unknown> {
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.body).toMatchObject({
    type: type.startsWith('https://') ? type : `${documentation}/${type}`,
    title,
    status,
    detail: expect.stringMatching(/\w+ .*\.$/),
    requestId: requestIdOf(answer),
    support: 'support@aiweedcompany.com',
  });
  return answer.body;
}

export const quotaExceeded = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

/** "Something failed, nothing was accepted, come back later": what every failure of a dependency answers. */
export function expectUnavailable(answer: HttpAnswer): void {
  expectProblem(answer, 503, 'service-unavailable', 'Temporarily unavailable');
  expect(answer.headers.get('retry-after')).toBe('5');
}
