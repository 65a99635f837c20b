import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Actor, ChangeAction } from '../../functions/runtime/rules/change.ts';
import type { SubscriptionItem } from '../../functions/subscriptions/rules/subscription-item.ts';
import { addressOf } from './delivery-support.ts';
import { tableName } from './management-support.ts';
import type { TestStack } from './test-stack.ts';

/** Changes of subscriptions as the functions of payments and tiers write them: each a revision on condition of the one before. */

export interface Wanted {
  readonly actor?: Actor;
  readonly reason?: string;
}

const somebody: Actor = { kind: 'system', id: 'a test' };
let made = 0;

export function accountsOf(stack: TestStack) {
  async function write(
    item: SubscriptionItem,
    condition: string,
    values?: object,
  ): Promise<SubscriptionItem> {
    await stack.dynamodb.send(
      new PutCommand({
        TableName: tableName(stack, 'Subscriptions'),
        Item: item,
        ConditionExpression: condition,
        ...(values === undefined ? {} : { ExpressionAttributeValues: values as Record<string, unknown> }),
      }),
    );
    return item;
  }

  const changeOf = (action: string, { actor = somebody, reason }: Wanted) => ({
    action,
    actor,
    requestId: 'by-hand',
    at: new Date(stack.clock.now()).toISOString(),
    ...(reason === undefined ? {} : { reason }),
  });

  return {
    /** `hours` from now, as items have it. */
    at: (hours: number) => new Date(stack.clock.now() + hours * 3_600_000).toISOString(),
    /** A subscription in tier free at a mailbox that behaves by its name. */
    create(mailbox = 'ada', fields: Partial<SubscriptionItem> = {}): Promise<SubscriptionItem> {
      made += 1;
      const change = changeOf('create-subscription', {});
      const item: SubscriptionItem = {
        subscriptionId: `sub_byHand${String(made).padStart(14, '0')}`,
        email: addressOf(mailbox),
        name: 'Ada',
        tier: 'free',
        usageKeys: {},
        keyIds: [],
        createdAt: change.at,
        ...fields,
        revision: 1,
        change,
      };
      return write(item, 'attribute_not_exists(subscriptionId)');
    },
    /** The next revision; a field that is undefined goes. */
    change(
      item: SubscriptionItem,
      action: ChangeAction,
      fields: { readonly [F in keyof SubscriptionItem]?: SubscriptionItem[F] | undefined } = {},
      wanted: Wanted = {},
    ): Promise<SubscriptionItem> {
      const entries = Object.entries({ ...item, ...fields }).filter(([, value]) => value !== undefined);
      const next = {
        ...(Object.fromEntries(entries) as unknown as SubscriptionItem),
        revision: item.revision + 1,
        change: changeOf(action, wanted),
      };
      return write(next, 'revision = :read', { ':read': item.revision });
    },
  };
}

export type TestAccounts = ReturnType<typeof accountsOf>;
