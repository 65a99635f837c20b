import { refusedMessage, watchedRoutes } from '../contract.ts';
import { networkOf } from './network.ts';

/** What one log line tells of the use of keys. Times are epoch milliseconds. */
export type LogLine =
  /** A request, from the API's access log. */
  | {
      readonly kind: 'request';
      readonly at: number;
      readonly status: number;
      /** The key that the authorizer accepted; absent: none. */
      readonly key?: UsedKey;
      /** Where it came from; see `networkOf`. */
      readonly network?: string;
    }
  /** A request that the authorizer refused though it named a key that exists, from the authorizer's log. */
  | { readonly kind: 'refusal'; readonly at: number; readonly key: UsedKey };

export interface UsedKey {
  readonly keyId: string;
  readonly subscriptionId?: string;
  readonly tier?: string;
}

/** What the access log has for a variable that the request does not have. */
const absent = '-';

/**
 * Reads a line of either log. Undefined for all that is neither: a line that is no JSON, another route, a refusal of what is
 * no key of ours.
 * @param loggedAt when it was logged, for a line that does not tell when it happened
 */
export function readLogLine(text: string, loggedAt: number): LogLine | undefined {
  const line = parsed(text);
  if (line === undefined) return undefined;
  return readRequest(line, loggedAt) ?? readRefusal(line, loggedAt);
}

type Fields = Readonly<Record<string, unknown>>;

function readRequest(line: Fields, loggedAt: number): LogLine | undefined {
  const status = Number(line['status']);
  if (!(watchedRoutes as readonly unknown[]).includes(line['resource'])) return undefined;
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const key = keyIn(line);
  const network = networkOf(textOf(line['sourceIp']) ?? '');
  return {
    kind: 'request',
    at: timeOf(Number(line['requestTimeEpoch'])) ?? loggedAt,
    status,
    ...(key === undefined ? {} : { key }),
    ...(network === undefined ? {} : { network }),
  };
}

function readRefusal(line: Fields, loggedAt: number): LogLine | undefined {
  const key = line['message'] === refusedMessage ? keyIn(line) : undefined;
  if (key === undefined) return undefined;
  return { kind: 'refusal', at: timeOf(Date.parse(textOf(line['timestamp']) ?? '')) ?? loggedAt, key };
}

/** A key id has the one form that the product makes: nothing else shall become an item. */
function keyIn(line: Fields): UsedKey | undefined {
  const keyId = textOf(line['keyId']);
  if (keyId === undefined || !/^[0-9A-Za-z]{12}$/.test(keyId)) return undefined;
  const subscriptionId = textOf(line['subscriptionId']);
  const tier = textOf(line['tier']);
  return {
    keyId,
    ...(subscriptionId === undefined ? {} : { subscriptionId }),
    ...(tier === undefined ? {} : { tier }),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value !== absent && value.length <= 100
    ? value
    : undefined;
}

/** Within what a date can be, and not before the product. */
function timeOf(milliseconds: number): number | undefined {
  return milliseconds >= 1_500_000_000_000 && milliseconds < 8_000_000_000_000 ? milliseconds : undefined;
}

function parsed(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}
