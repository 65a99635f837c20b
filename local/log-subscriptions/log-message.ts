import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { CloudWatchLogsEvent, CloudWatchLogsLogEvent } from 'aws-lambda';
import type { SubscriptionFilter } from './read-filters.ts';

/** A line of a log as CloudWatch tells of it. @param at epoch milliseconds */
export function logEvent(message: string, at: number): CloudWatchLogsLogEvent {
  return { id: newEventId(at), timestamp: at, message };
}

/** 56 digits, as CloudWatch has them: the time, and what no other has. */
function newEventId(at: number): string {
  const unique = BigInt(`0x${randomBytes(17).toString('hex')}`);
  return `${String(Math.floor(at)).padStart(14, '0')}${String(unique).padStart(42, '0')}`;
}

/** What Lambda is handed: CloudWatch Logs packs its message. */
export function logsEvent(
  { name, logGroup }: SubscriptionFilter,
  logEvents: readonly CloudWatchLogsLogEvent[],
  owner: string,
): CloudWatchLogsEvent {
  const message = {
    messageType: 'DATA_MESSAGE',
    owner,
    logGroup,
    // Lines of a local group stand in one file.
    logStream: 'local',
    subscriptionFilters: [name],
    logEvents,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(message)).toString('base64') } };
}
