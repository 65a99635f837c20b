import { expect } from 'vitest';
import type { Life } from './life.ts';

/** What must hold whatever happens, looked at again and again. */
export class Invariants {
  readonly #life: Life;
  #seen = 1;
  #begun = 0;

  constructor(life: Life) {
    this.#life = life;
  }

  check(): void {
    const { world } = this.#life;
    this.#checkRevisions();
    const { tier, usageKeys, payment, keyIds, revision, nextActionAt, dueShard } = world.subscription;
    expect(revision, 'every revision is one change').toBe(world.revisions.length);
    expect(nextActionAt === undefined, 'a timer is on its index').toBe(dueShard === undefined);
    for (const key of world.keys) {
      expect(keyIds).toContain(key.keyId);
      const follows = { tier, usageKey: usageKeys[tier], isSuspended: payment?.reversal !== undefined };
      const { suspensions } = key;
      expect({
        tier: key.tier,
        usageKey: key.usageKey,
        isSuspended: suspensions.payment !== undefined,
      }).toEqual(follows);
    }
    const strangers = [...world.stripe.customers].filter(([id, { email }]) => {
      return email !== undefined && id !== payment?.customerId;
    });
    expect(strangers, 'whoever Stripe knows is on the item, to be forgotten one day').toEqual([]);
    const running = world.stripe.subscriptions.filter(({ status }) => status !== 'canceled');
    expect(running.length, 'nobody pays twice').toBeLessThanOrEqual(1);
    const sessions = world.stripe.sessions.filter(
      ({ url, status }) => this.#life.told.has(url) && status === 'open',
    );
    expect(sessions.length, 'there is one checkout to pay').toBeLessThanOrEqual(1);
  }

  #checkRevisions(): void {
    const { revisions, stripe } = this.#life.world;
    for (const [index, after] of revisions.slice(this.#seen).entries()) {
      const before = revisions[this.#seen + index - 1];
      expect(after.revision).toBe((before?.revision ?? 0) + 1);
      const isGiven = after.tierCause === 'admin';
      if (before?.tier === 'free' && after.tier === 'pro' && !isGiven) {
        expect(after).toMatchObject({
          tierCause: 'payment',
          change: { action: 'change-tier', reason: 'paid' },
        });
        this.#begun += 1;
      }
      if (before !== undefined && before.tier !== after.tier && after.tier === 'enterprise') {
        expect(after.change.actor.kind, 'only an admin gives an enterprise tier').toBe('admin');
      }
      if (before?.tier === 'enterprise' && after.tier !== 'enterprise') {
        expect(after.change.actor.kind, 'and only an admin takes it away').toBe('admin');
      }
      if (before?.tier === 'pro' && before.tierCause === 'admin' && after.tier === 'free') {
        expect(after.change.actor.kind, 'what an admin gave, no payment takes away').not.toBe('system');
      }
    }
    this.#seen = revisions.length;
    expect(this.#begun, 'no paid tier without a payment').toBeLessThanOrEqual(stripe.begun);
  }

  /** Once everything was heard of: nobody pays for less than they have, and nobody has for long what is not paid. */
  checkEndings(): void {
    const { now, stripe, subscription } = this.#life.world;
    const running = stripe.subscriptions.filter(({ status }) => status !== 'canceled');
    if (subscription.tier === 'enterprise') {
      expect(running).toEqual([]);
      expect(stripe.sessions.filter(({ id }) => id === subscription.payment?.checkout?.id)).toEqual([]);
    }
    for (const { status, latestInvoice } of running) {
      if (status !== 'past_due') continue;
      const missingFor = now - Date.parse(latestInvoice.finalizedAt ?? latestInvoice.createdAt);
      expect(missingFor).toBeLessThan(7 * 24 * 3_600_000);
    }
  }

  /** An admin's suspensions are as the admin left them. */
  checkAdmins(): void {
    const { world, suspended } = this.#life;
    for (const { keyId, suspensions } of world.keys) {
      expect(suspensions.admin !== undefined).toBe(suspended.has(keyId));
    }
  }
}
