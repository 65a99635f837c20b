import { expect } from 'vitest';
import { authorizeApiKey } from '../../../functions/authorizer/authorize-api-key.ts';
import { claimState, renewal } from '../../../functions/delivery/rules/claim.ts';
import { nonceHash } from '../../../functions/delivery/rules/claim-token.ts';
import { isLive, isSuspended, type KeyItem } from '../../../functions/keys/index.ts';
import { peppers, policy } from './functions.ts';
import type { Life } from './life.ts';
import { claimOf, tokenShape, tokensIn } from './people.ts';
import type { PostedMail } from './post-office.ts';

const hour = 3_600_000;
const day = 24 * hour;

const isResumption = ({ change }: KeyItem) => change.action === 'resume-key';

/** What must hold whatever happens, looked at again and again. */
export class Invariants {
  readonly #life: Life;
  /** The earliest end that any revision gave a version. */
  readonly #ends = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  readonly #disputed = new Set<string>();
  readonly #letters = new Map<string, string>();
  #mails = 0;
  #alerts = 0;

  constructor(life: Life) {
    this.#life = life;
  }

  async check(): Promise<void> {
    for (const [keyId, revisions] of this.#life.world.revisions) {
      for (const key of revisions.slice(this.#seen.get(keyId) ?? 0)) this.#checkRevision(key, revisions);
      this.#seen.set(keyId, revisions.length);
      const item = this.#life.world.key(keyId);
      expect(item?.revision, 'every revision is one change').toBe(revisions.length);
      if (item !== undefined) this.#checkKey(item);
    }
    await this.#checkAcceptance();
    this.#checkMails();
    this.#checkAlerts();
    this.#checkClaims();
  }

  #checkRevision(key: KeyItem, revisions: readonly KeyItem[]): void {
    const { keyId, revision, change } = key;
    const before = revisions[revision - 2];
    for (const { version, retiresAt } of key.secrets) this.#end(keyId, version, retiresAt, 'live');
    for (const { version, retiredAt } of key.retired) this.#end(keyId, version, retiredAt, 'retired');
    const at = Date.parse(change.at);
    expect(key.secrets.filter((secret) => isLive(secret, new Date(at))).length).toBeLessThanOrEqual(2);
    if (change.action === 'notice-rotation') {
      const again = revisions.filter(
        (other) => other.change.action === 'notice-rotation' && other.noticedFor === key.noticedFor,
      );
      expect(again.length, 'one notice for each due date').toBe(1);
    }
    if (change.actor.kind === 'admin') {
      const again = revisions.filter((other) => other.change.requestId === change.requestId);
      expect(again.length, 'one act of an admin is one revision').toBe(1);
    }
    if (change.action === 'dispute-claim') {
      const left = new Set(key.secrets.map(({ version }) => version));
      const shown = (before?.secrets ?? []).filter(
        ({ version, openedByLink }) =>
          openedByLink !== undefined ||
          (version === before?.handover?.version && before.handover.openedAt !== undefined),
      );
      const disputed = shown.find(({ version }) => !left.has(version))?.version;
      expect(disputed, 'what was disputed was shown by a link, and is dead').toBeDefined();
      expect(this.#disputed, 'a dispute works once').not.toContain(`${keyId}.${disputed}`);
      this.#disputed.add(`${keyId}.${disputed}`);
    }
    if (change.action === 'rotate-key' && change.actor.kind === 'system') {
      expect(before?.noticedFor, 'no rotation without a notice').toBe(before?.rotateAt);
      expect(before && isSuspended(before), 'no rotation of a suspended key').toBe(false);
      const notice = revisions.findLast(
        (other) => other.revision < revision && other.change.action === 'notice-rotation',
      );
      const told = at - Date.parse(notice?.change.at ?? change.at);
      expect(told, 'told six days before, at least').toBeGreaterThanOrEqual(6 * day);
      const resumed = revisions.slice(notice?.revision ?? 0, revision - 1).filter(isResumption);
      const inTime = resumed.every((other) => other.change.at < (before?.rotateAt ?? ''));
      expect(inTime, 'a key resumed after its due date is noticed anew').toBe(true);
    }
    if (key.noticedFor !== undefined) {
      const notice = revisions.find(
        (other) => other.change.action === 'notice-rotation' && other.noticedFor === key.noticedFor,
      );
      expect(notice, 'a due date that was noticed').toBeDefined();
    }
  }

  #end(keyId: string, version: number, end: string | undefined, where: string): void {
    const of = `${keyId}.${version}`;
    const known = this.#ends.get(of) ?? Number.POSITIVE_INFINITY;
    const told = end === undefined ? Number.POSITIVE_INFINITY : Date.parse(end);
    expect(told, `the end of version ${version} (${where}) only moves earlier`).toBeLessThanOrEqual(known);
    this.#ends.set(of, told);
  }

  #checkKey(key: KeyItem): void {
    const { now } = this.#life.world;
    const live = key.secrets.filter((secret) => isLive(secret, new Date(now)));
    expect(live.length).toBeLessThanOrEqual(2);
    for (const { createdAt } of live) {
      const disturbed = this.#disturbed(key.keyId, Date.parse(createdAt));
      const grace = Math.max(168, ...Object.values(policy.graceHours)) * hour;
      const longest = policy.intervalDays * day + grace + (disturbed > 0 ? 8 * day : hour) + disturbed;
      expect(now - Date.parse(createdAt), 'no secret lives too long').toBeLessThanOrEqual(longest);
    }
    const stranded = this.#stranded(
      key,
      live.map(({ hash }) => hash),
    );
    expect(stranded, 'nobody is left alone in silence').toBeUndefined();
  }

  /** Milliseconds without sweeps, or with the key suspended. */
  #disturbed(keyId: string, since: number): number {
    const { unswept, world } = this.#life;
    const revisions = world.revisions.get(keyId) ?? [];
    const suspended = revisions.flatMap((key, index) => {
      const to = Date.parse(revisions[index + 1]?.change.at ?? new Date(world.now).toISOString());
      return isSuspended(key) ? [{ from: Date.parse(key.change.at), to }] : [];
    });
    return [...unswept, ...suspended].reduce(
      (sum, { from, to }) => sum + Math.max(0, to - Math.max(from, since)),
      0,
    );
  }

  /** Why its owner cannot get at a working key, and nobody has been told; undefined where all is well. */
  #stranded(key: KeyItem, liveHashes: readonly string[]): string | undefined {
    const { world, people, answered, unanswered } = this.#life;
    if (key.revokedAt !== undefined || isSuspended(key)) return undefined;
    if (world.isStreaming || Number.isFinite(world.post.nextEventAt)) return undefined;
    const outbox = key.outbox ?? [];
    if ([key.handover?.delivery, ...outbox].some((each) => each?.retryAt !== undefined)) return undefined;
    const isWorking = (apiKey: string) => liveHashes.includes(world.hashOf(apiKey));
    if ([...people.known, ...answered].some(isWorking)) return undefined;
    const now = new Date(world.now);
    const claims = people.links().map(claimOf);
    const nonce = nonceHash('owner-nonce-0123456789abcdef');
    for (const claim of claims.filter(({ keyId }) => keyId === key.keyId)) {
      if (renewal(key, claim, now) !== 'nothing') return undefined;
      if (['open', 'again'].includes(claimState(key, claim, nonce, now).kind)) return undefined;
      // Opened by somebody: a mail has told so, and what to do about it.
      if (key.handover?.version === claim.version && key.handover.openedAt !== undefined) return undefined;
    }
    const newest = Math.max(...key.secrets.map(({ createdAt }) => Date.parse(createdAt)));
    const told = world.post.alerts.some(({ text, at }) => text.includes(key.keyId) && at >= newest);
    // An alert that the topic did not take for two days: it stands on the item.
    const givenUp = outbox.some(({ to, failedAt }) => to === 'admins' && failedAt !== undefined);
    // An admin asked for it, and saw that no answer came.
    if (told || givenUp || unanswered.has(newest)) return undefined;
    return JSON.stringify({ handover: key.handover, change: key.change, outbox, newest });
  }

  async #checkAcceptance(): Promise<void> {
    const { world } = this.#life;
    const keys = { get: (keyId: string) => Promise.resolve(world.key(keyId)) };
    for (const [apiKey, { keyId, version }] of world.minted) {
      const outcome = await authorizeApiKey(apiKey, world.now, { keys, peppers });
      if (outcome.kind === 'refused') continue;
      expect(outcome.version).toBe(version);
      const end = this.#ends.get(`${keyId}.${version}`);
      expect(end, 'nothing is accepted after its end').toBeGreaterThan(world.now);
    }
  }

  #checkMails(): void {
    const { mails } = this.#life.world.post;
    for (const mail of mails.slice(this.#mails)) {
      const { tags, mail: composed, openPgpKey } = mail.letter;
      const content = JSON.stringify(composed);
      if (openPgpKey === undefined) this.#expectNoSecret(content);
      for (const token of tokensIn(mail)) {
        const { keyId, version } = claimOf(token);
        expect('keyId' in tags && tags.keyId, 'a link stands in mails about its key only').toBe(keyId);
        if ('version' in tags && tags.kind === 'handover') expect(String(version)).toBe(tags.version);
      }
      this.#expectToBeTrue(mail);
      // A reminder tells when the old secret was used last, which goes on.
      if (tags.kind === 'reminder') continue;
      const id = `${Object.values(tags).join('.')} to ${mail.letter.to}`;
      expect(content, `a mail that is sent twice is the same: ${id}`).toBe(this.#letters.get(id) ?? content);
      this.#letters.set(id, content);
      if (!('keyId' in tags) || tags.kind !== 'handover' || tags.channel !== 'link') continue;
      const link = `link ${tags.keyId}.${tags.version}.${tags.linkNo}`;
      const tokens = tokensIn(mail).join();
      expect(tokens, 'every try brings the same link').toBe(this.#letters.get(link) ?? tokens);
      this.#letters.set(link, tokens);
    }
    this.#mails = mails.length;
  }

  /** No mail announces what is called off, or over. */
  #expectToBeTrue({ letter, at }: PostedMail): void {
    const { tags } = letter;
    if ('keyId' in tags && tags.kind === 'reminder') {
      const revisions = this.#life.world.revisions.get(tags.keyId) ?? [];
      const ends = revisions.flatMap(({ remindedFor }) => remindedFor ?? []).map((end) => Date.parse(end));
      expect(Math.max(...ends), 'no reminder of an end that is past').toBeGreaterThan(at);
    }
  }

  #checkAlerts(): void {
    const { alerts } = this.#life.world.post;
    for (const { subject, text } of alerts.slice(this.#alerts)) {
      expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
      expect(text).not.toMatch(new RegExp(tokenShape));
      this.#expectNoSecret(text);
    }
    this.#alerts = alerts.length;
  }

  #checkClaims(): void {
    for (const [of, shown] of this.#life.people.shown) {
      const nonces = new Set(shown.map(({ nonce }) => nonce));
      expect(nonces.size, `version ${of} is shown to one client only`).toBe(1);
      const times = shown.map(({ at }) => at);
      expect(Math.max(...times) - Math.min(...times), 'for ten minutes').toBeLessThan(10 * 60_000);
    }
  }

  #expectNoSecret(text: string): void {
    for (const apiKey of this.#life.world.minted.keys()) expect(text.includes(apiKey)).toBe(false);
  }
}
