import {
  type APIGatewayClient,
  ConflictException,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  NotFoundException,
  paginateGetApiKeys,
  paginateGetUsagePlans,
  UpdateApiKeyCommand,
} from '@aws-sdk/client-api-gateway';

/** API Gateway's side of metering: one API Gateway key per (subscription, tier), attached to the tier's usage plan. */
export interface UsageKeyGateway {
  /**
   * Makes sure that the usage key exists, is enabled and is attached to the tier's plan. May be called again at any
   * time: what is there already stays, and what somebody removed or disabled by hand is put right.
   */
  ensure(usageKey: { subscriptionId: string; tier: string; value: string }): Promise<void>;
  /** Removes the usage key, which ends its place among those that AWS allows. One that is gone is no error. */
  remove(usageKey: { subscriptionId: string; tier: string; value: string }): Promise<void>;
}

/** @param namePrefix of the names of API Gateway keys and usage plans, so that stages in one account do not meet */
export function createUsageKeyGateway(client: APIGatewayClient, namePrefix: string): UsageKeyGateway {
  let planIds: Promise<ReadonlyMap<string, string>> | undefined;

  /** Ids by name, read once: a plan lives as long as the stack. */
  function plans(): Promise<ReadonlyMap<string, string>> {
    planIds ??= readPlans().catch((error: unknown) => {
      planIds = undefined;
      throw error;
    });
    return planIds;
  }

  async function readPlans(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for await (const { items = [] } of paginateGetUsagePlans({ client }, {})) {
      for (const { id, name } of items) if (id !== undefined && name !== undefined) found.set(name, id);
    }
    return found;
  }

  const nameOf = (subscriptionId: string, tier: string) => `${namePrefix}-${subscriptionId}-${tier}`;

  async function create(name: string, value: string): Promise<string | undefined> {
    try {
      // `enabled` defaults to false through the SDK.
      const { id } = await client.send(new CreateApiKeyCommand({ name, value, enabled: true }));
      return id;
    } catch (error) {
      if (error instanceof ConflictException) return undefined;
      throw error;
    }
  }

  async function find(name: string, value: string): Promise<{ id: string; enabled: boolean } | undefined> {
    for await (const page of paginateGetApiKeys({ client }, { nameQuery: name, includeValues: true })) {
      const found = page.items?.find((key) => key.value === value);
      if (found?.id !== undefined) return { id: found.id, enabled: found.enabled === true };
    }
    return undefined;
  }

  async function findEnabled(name: string, value: string): Promise<string> {
    const found = await find(name, value);
    if (found === undefined) {
      throw new Error(`API Gateway has a key with the value of ${name}, but not under that name`);
    }
    if (!found.enabled) {
      const enabled = { op: 'replace', path: '/enabled', value: 'true' } as const;
      await client.send(new UpdateApiKeyCommand({ apiKey: found.id, patchOperations: [enabled] }));
    }
    return found.id;
  }

  return {
    async ensure({ subscriptionId, tier, value }) {
      const usagePlanId = (await plans()).get(`${namePrefix}-${tier}`);
      if (usagePlanId === undefined) throw new Error(`tier ${tier} has no usage plan ${namePrefix}-${tier}`);
      const name = nameOf(subscriptionId, tier);
      const keyId = (await create(name, value)) ?? (await findEnabled(name, value));
      try {
        await client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }));
      } catch (error) {
        // Attached already.
        if (!(error instanceof ConflictException)) throw error;
      }
    },
    async remove({ subscriptionId, tier, value }) {
      const found = await find(nameOf(subscriptionId, tier), value);
      if (found === undefined) return;
      try {
        await client.send(new DeleteApiKeyCommand({ apiKey: found.id }));
      } catch (error) {
        if (!(error instanceof NotFoundException)) throw error;
      }
    },
  };
}
