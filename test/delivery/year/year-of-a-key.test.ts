import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AuditEntry } from '../../../functions/audit/rules/audit-entry.ts';
import { examineChain } from '../../../functions/audit/rules/examine-chain.ts';
import type { RecordedItem } from '../../../functions/audit/rules/recorded-change.ts';
import { year } from './acts.ts';
import { Invariants } from './invariants.ts';
import { Life } from './life.ts';
import { tokenShape } from './people.ts';
import { simulated } from './simulated.ts';

const runs = Number(process.env['LATCHKEY_PROPERTY_RUNS'] ?? 150);

simulated();

it('whatever befalls a key in a year: nobody is left alone in silence, and no secret outlives its end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), year, async (deliver, steps) => {
      const life = new Life();
      const invariants = new Invariants(life);
      await life.begin(deliver);
      await invariants.check();
      for (const step of steps) await life.step(step, () => invariants.check());
      await endsQuietly(life, invariants);
      tellsOneStory(life);
      tellsOfEachContact(life);
    }),
    { numRuns: runs },
  );
});

it('in a year in which nothing goes wrong, each rotation is noticed and each new secret opened, and no admin is alerted', async () => {
  const life = new Life();
  const invariants = new Invariants(life);
  await life.begin(true);
  for (let days = 0; days < 365; days++) {
    const [newest] = life.people.links();
    if (newest !== undefined) await life.people.claim(newest, 'owner', { seed: days });
    await life.settle(days);
    await life.wait(24, true, days);
    await invariants.check();
  }
  const kinds = life.world.post.mails.map(({ letter }) => letter.tags.kind);
  // Every 90 days, and some hours, for sweeps are hourly.
  const year = ['notice', 'handover', 'claimed'];
  expect(kinds.filter((kind) => kind !== 'reminder')).toEqual([
    'handover',
    'claimed',
    ...year,
    ...year,
    ...year,
    ...year,
  ]);
  expect(life.people.known.size).toBe(5);
  expect(life.world.post.alerts).toEqual([]);
});

/** A fortnight in which everything works: afterwards nothing is pending, and a sweep writes nothing. */
async function endsQuietly(life: Life, invariants: Invariants): Promise<void> {
  const { world } = life;
  world.post.mailerWorks = true;
  world.post.alertsWork = true;
  world.post.eventDelay = 0;
  world.post.tellsTwice = false;
  for (const { email } of world.subscriptions()) world.post.behaviours.set(email, 'fine');
  await life.settle(7);
  await life.wait(14 * 24, true, 7);
  await life.settle(7);
  await invariants.check();
  expect(world.isStreaming).toBe(false);
  for (const { outbox = [], handover } of world.keys()) {
    expect([handover?.delivery, ...outbox].filter((each) => each?.retryAt !== undefined)).toEqual([]);
  }
  const { puts } = world.tables;
  await life.sweepNow();
  const afterwards = world.tables.puts;
  await life.sweepNow();
  expect(world.tables.puts, 'what was done is not done again').toBe(afterwards);
  const due = world
    .keys()
    .some(({ nextActionAt }) => nextActionAt !== undefined && Date.parse(nextActionAt) <= world.now);
  expect(due).toBe(false);
  if (puts !== afterwards) await life.settle(7);
}

/** Whatever became of keys meanwhile, and whatever failed: nobody is reached elsewhere, or otherwise, in silence. */
function tellsOfEachContact({ world }: Life): void {
  for (const [subscriptionId, revisions] of world.ofSubscriptions) {
    if (subscriptionId.includes('#')) continue;
    for (const [index, { email, openPgpKey, undeliverable, revision }] of revisions.entries()) {
      const before = revisions[index - 1];
      if (before === undefined || before.undeliverable !== undefined) continue;
      if (email === before.email && openPgpKey?.armored === before.openPgpKey?.armored) continue;
      expect(undeliverable).toBeUndefined();
      const tags = { subscriptionId, kind: 'contact-changed', message: String(revision) };
      const told = world.post.mails.filter(({ letter }) => isDeepStrictEqual(letter.tags, tags));
      expect(new Set(told.map(({ letter }) => letter.to))).toEqual(new Set([before.email]));
    }
  }
}

function tellsOneStory({ world }: Life): void {
  const entries = world.tables.items('audit') as unknown as AuditEntry[];
  const items = [...world.keys(), ...world.subscriptions()] as unknown as RecordedItem[];
  for (const item of items) {
    const subject = item.keyId ?? item.subscriptionId ?? '';
    const chain = entries
      .filter((entry) => entry.subject === subject)
      .toSorted((a, b) => a.sequence - b.sequence);
    expect(chain.map(({ sequence }) => sequence)).toEqual(chain.map((_, index) => index + 1));
    expect(chain.at(-1)?.sequence).toBe(item.revision);
    expect(examineChain(subject, chain, item, item)).toEqual([]);
  }
  const record = JSON.stringify(entries);
  expect(record).not.toMatch(new RegExp(tokenShape));
  expect(record).not.toContain('ciphertext-');
  expect(record).not.toContain('@');
  for (const apiKey of world.minted.keys()) expect(record.includes(apiKey)).toBe(false);
}
