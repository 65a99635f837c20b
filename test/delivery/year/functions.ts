import type { AdminAlerts } from '../../../functions/delivery/gateways/admin-alerts.ts';
import type { Mailer } from '../../../functions/delivery/gateways/mailer.ts';
import type { HandoverBox, PepperStore } from '../../../functions/keys/index.ts';
import type { RotationPolicy } from '../../../functions/keys/rules/index.ts';
import { createIdempotencyStore } from '../../../functions/keys/stores/idempotency-store.ts';
import { createKeyStore } from '../../../functions/keys/stores/key-store.ts';
import { createDueStore } from '../../../functions/rotation/stores/due-store.ts';
import { createSubscriptionStore } from '../../../functions/subscriptions/stores/subscription-store.ts';
import { createSubscriptions } from '../../../functions/subscriptions/subscriptions.ts';
import { tiers } from '../../../lib/tiers.ts';
import { product } from '../mail-samples.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

export const policy: RotationPolicy = {
  intervalDays: 90,
  noticeDays: 7,
  reminderHours: 6,
  graceHours: { free: 72, pro: 72, enterprise: 168 },
};
export const claimSecret = 'the claim secret of this test, long enough';
export const pepper = { name: 'v1', value: 'p'.repeat(64) };

export const peppers: PepperStore = {
  current: () => Promise.resolve(pepper),
  byName: (name) => Promise.resolve(name === pepper.name ? pepper.value : undefined),
};

export type Functions = ReturnType<typeof composeFunctions>;

/** The product's own stores over tables in memory, as one process has them. */
export function composeFunctions(world: World, process: Process) {
  const client = world.tables.client(process.reach);
  const keys = createKeyStore(client, 'keys');
  const subscriptions = createSubscriptionStore(client, 'subscriptions');
  const nothing = { ensure: () => Promise.resolve(), remove: () => Promise.resolve() };
  return {
    client,
    keys,
    peppers,
    policy,
    product,
    subscriptions,
    limits: tiers,
    idempotency: createIdempotencyStore(client, 'subscriptions'),
    dueKeys: createDueStore(client, 'keys'),
    usageKeys: createSubscriptions(client, subscriptions, nothing, 100),
    handovers: handoverBox(world, process),
    mailer: mailer(world, process),
    alerts: adminAlerts(world, process),
    usage: {
      lastUse: ({ keyId, version }: { keyId: string; version: string }) =>
        Promise.resolve(world.uses.get(`${keyId}.${version}`)),
    },
    claimSecret: () => Promise.resolve(claimSecret),
    claimPageUrl: 'https://api.example.com/claim',
    dashboardUrl: 'https://dashboard.example.com',
    sender: 'no-reply@example.com',
  };
}

function handoverBox({ ciphertexts, minted }: World, { reach }: Process): HandoverBox {
  return {
    async seal(apiKey, { keyId, version }) {
      const sealed = await reach(() => {
        const ciphertext = `ciphertext-${ciphertexts.size + 1}`;
        ciphertexts.set(ciphertext, { apiKey, context: `${keyId}.${version}` });
        minted.set(apiKey, { keyId, version });
        return ciphertext;
      }, undefined);
      return String(sealed);
    },
    async open(ciphertext, { keyId, version }) {
      const opened = await reach(() => {
        const found = ciphertexts.get(ciphertext);
        if (found?.context !== `${keyId}.${version}`) throw new Error('a ciphertext in another context');
        return found.apiKey;
      }, undefined);
      return String(opened);
    },
  };
}

function mailer(world: World, { reach }: Process): Mailer {
  return {
    send: async (letter) => String(await reach(() => world.post.accept(letter, world.now), undefined)),
  };
}

function adminAlerts(world: World, { reach }: Process): AdminAlerts {
  return {
    async publish(alert) {
      await reach(() => world.post.raise(alert, world.now), undefined);
    },
  };
}
