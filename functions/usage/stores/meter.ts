import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { periodOf } from '../rules/period.ts';
import { dayAttribute, keyAttribute, lastUseAttribute } from '../rules/usage-item.ts';

/** One request to count. */
export interface Counted {
  readonly subscriptionId: string;
  readonly keyId: string;
  readonly secretVersion: string;
  readonly tier: string;
  /** Requests that the month allows. */
  readonly quota: number;
  /** The request's own time, epoch milliseconds: it decides which month pays. */
  readonly at: number;
}

export type MeterOutcome =
  | { readonly kind: 'admitted'; readonly total: number }
  /** The quota is used up; nothing was counted. */
  | { readonly kind: 'exhausted' };

/** Counts requests, exactly: under any concurrency no more than the quota are admitted. */
export interface Meter {
  /**
   * @throws MeterUnavailableError when nothing was counted
   * @throws UnknownOutcomeError when the request may or may not have been counted
   */
  count(request: Counted): Promise<MeterOutcome>;
}

/** DynamoDB refused the write for the moment, again and again: nothing was counted. */
export class MeterUnavailableError extends Error {
  override readonly name = 'MeterUnavailableError';
}

/** The answer to the write is lost. Counting again could count twice, and not counting could give a request away. */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
}

/** Errors by which DynamoDB says that it did not apply the write: the only ones after which the write is repeated. */
const nothingApplied = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionConflictException',
]);
const attempts = 4;

/**
 * @param client must not retry by itself (`maxAttempts: 1`), for the SDK repeats writes whose outcome is unknown
 * @param beforeSending called before each write
 */
export function createMeter(
  client: Pick<DynamoDBClient, 'send'>,
  tableName: string,
  beforeSending: () => void = () => {},
): Meter {
  return {
    async count(request) {
      const command = new UpdateItemCommand(countingUpdate(request, tableName));
      for (let attempt = 1; ; attempt++) {
        beforeSending();
        try {
          const { Attributes } = await client.send(command);
          return { kind: 'admitted', total: Number(Attributes?.['total']?.N) };
        } catch (error) {
          if (error instanceof ConditionalCheckFailedException) return { kind: 'exhausted' };
          const name = error instanceof Error ? error.name : '';
          if (!nothingApplied.has(name)) throw new UnknownOutcomeError('counting', { cause: error });
          if (attempt === attempts) throw new MeterUnavailableError('counting', { cause: error });
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** attempt));
        }
      }
    },
  };
}

function countingUpdate(
  { subscriptionId, keyId, secretVersion, tier, quota, at }: Counted,
  tableName: string,
) {
  return {
    TableName: tableName,
    Key: { subscriptionId: { S: subscriptionId }, period: { S: periodOf(at).name } },
    UpdateExpression: 'ADD #total :one, #day :one, #key :one SET #use = :use, #quota = :quota, #tier = :tier',
    ConditionExpression: 'attribute_not_exists(#total) OR #total < :quota',
    ExpressionAttributeNames: {
      '#total': 'total',
      '#day': dayAttribute(at),
      '#key': keyAttribute(keyId),
      '#use': lastUseAttribute(keyId, secretVersion),
      '#quota': 'quota',
      '#tier': 'tier',
    },
    ExpressionAttributeValues: {
      ':one': { N: '1' },
      ':quota': { N: String(quota) },
      ':use': { N: String(Math.floor(at / 1000)) },
      ':tier': { S: tier },
    },
    ReturnValues: 'UPDATED_NEW' as const,
  };
}
