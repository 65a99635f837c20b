import { randomUUID } from 'node:crypto';
import type { LocalEnvironment } from '../model.ts';

/** What EventBridge sends to a target without input of its own. */
export interface ScheduledEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'Scheduled Event';
  readonly source: 'aws.events';
  readonly account: string;
  /** When the rule was due, ISO 8601 in whole seconds. */
  readonly time: string;
  readonly region: string;
  /** The rule's ARN. */
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, never>>;
}

export function scheduledEvent(
  ruleArn: string,
  due: number,
  { accountId, region }: LocalEnvironment,
): ScheduledEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: accountId,
    time: isoSeconds(due),
    region,
    resources: [ruleArn],
    detail: {},
  };
}

/** `2026-11-23T10:00:00Z`, as EventBridge writes times. */
export function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
