import { composeKeys } from '../../keys/index.ts';
import { accountFunction } from '../../runtime/account-function.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { encodeCursor } from '../../runtime/rules/cursor.ts';
import { usageTableEnvironment } from '../../usage/contract.ts';
import { createUsageStore } from '../../usage/index.ts';
import { listKeyPage } from '../list-keys.ts';
import { listKeysQuery } from '../messages.ts';
import { accountKeyView } from '../views.ts';

const { client, keys } = composeKeys();
const usages = createUsageStore(client, parseEnvironment(usageTableEnvironment).USAGE_TABLE);

/** `GET /account/keys` */
export const handler = accountFunction({ query: listKeysQuery }, async ({ subscriptionId, query, act }) => {
  const [page, usage] = await Promise.all([
    listKeyPage({ subscriptionId, limit: query.limit, after: query.cursor }, keys),
    usages.recent(subscriptionId, act.now),
  ]);
  const views = page.items.map((key) => accountKeyView(key, usage, act.now));
  return {
    body: { keys: views, ...(page.next === undefined ? {} : { cursor: encodeCursor(page.next) }) },
  };
});
