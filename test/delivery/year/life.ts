import { updateSubscription } from '../../../functions/delivery/update-subscription.ts';
import { generateApiKey } from '../../../functions/keys/generate-api-key.ts';
import { revokeKey } from '../../../functions/keys/revoke-key.ts';
import { rotateKey } from '../../../functions/keys/rotate-key.ts';
import { resumeKey, suspendKey } from '../../../functions/keys/suspend-key.ts';
import { sweep } from '../../../functions/rotation/sweep.ts';
import { commit } from '../../../functions/runtime/dynamodb.ts';
import { isDomainError } from '../../../functions/runtime/errors.ts';
import { changeOf } from '../../../functions/runtime/rules/change.ts';
import { updated } from '../../../functions/subscriptions/index.ts';
import type { Doing, Step, Weather } from './acts.ts';
import type { Functions } from './functions.ts';
import { People } from './people.ts';
import { Death, Outage } from './process.ts';
import { type Circumstances, World } from './world.ts';

const hour = 3_600_000;
const addresses = ['ada@example.com', 'ada@example.org', 'lovelace@example.com', 'a.l@example.net'];
const admin = { kind: 'admin', id: 'grace' } as const;

/** A subscription's life: who does what, in a world that may be as adverse as it likes. */
export class Life {
  readonly world = new World();
  readonly people = new People(this.world);
  /** Whole keys that an admin got as an answer. */
  readonly answered = new Set<string>();
  /** When an admin asked for a key and got no answer. */
  readonly unanswered = new Set<number>();
  /** Times without sweeps. */
  readonly unswept: { readonly from: number; readonly to: number }[] = [];

  async begin(deliver: boolean): Promise<void> {
    await this.#do({ kind: 'generate', deliver }, { seed: 1 });
    await this.settle(1);
  }

  /** @param afterwards called whenever something has happened */
  async step(step: Step, afterwards: () => Promise<void>): Promise<void> {
    for (const each of step.weather) this.#change(each);
    const [first, second] = step.doings;
    const { seed, fault } = step;
    await Promise.all([
      first && this.#do(first, { seed, fault }),
      second && this.#do(second, { seed: seed ^ 0x5f5f5f }),
    ]);
    if (step.settles) await this.settle(seed);
    await afterwards();
    await this.wait(step.hours, step.sweeps, seed);
    await afterwards();
  }

  async wait(hours: number, sweeps: boolean, seed: number): Promise<void> {
    const end = this.world.now + hours * hour;
    if (!sweeps) this.unswept.push({ from: this.world.now, to: end });
    while (sweeps) {
      const timers = this.world.keys().flatMap(({ nextActionAt }) => nextActionAt ?? []);
      const due = Math.min(Number.POSITIVE_INFINITY, ...timers.map((at) => Date.parse(at)));
      const sweepAt = Math.floor(Math.max(due, this.world.now) / hour + 1) * hour;
      const next = Math.min(sweepAt, this.world.post.nextEventAt);
      if (next >= end) break;
      this.world.now = Math.max(next, this.world.now);
      if (this.world.now === sweepAt) await this.#sweepTwice(seed);
      await this.settle(seed);
    }
    this.world.now = end;
    for (const apiKey of this.people.known) {
      const { keyId, version } = this.world.minted.get(apiKey) ?? { keyId: '', version: 0 };
      this.world.uses.set(`${keyId}.${version}`, new Date(end).toISOString());
    }
  }

  /** Streams and events until all of them are taken. */
  async settle(seed: number): Promise<void> {
    for (let round = 0; round < 20; round++) {
      await this.world.tellEvents({ seed });
      if (!this.world.isStreaming) break;
      await this.world.stream({ seed });
    }
    this.people.readMail();
  }

  /** Without any mishap. */
  async sweepNow(): Promise<void> {
    await this.#sweep({ seed: 3 });
  }

  /** A mishap ends it early. */
  sweepWith(circumstances: Circumstances): Promise<void> {
    return this.#do({ kind: 'sweep' }, circumstances);
  }

  streamWith(circumstances: Circumstances): Promise<void> {
    return this.#do({ kind: 'stream' }, circumstances);
  }

  encryptsMail(): Promise<void> {
    return this.#do({ kind: 'open-pgp', has: true }, { seed: 5 });
  }

  #change(weather: Weather): void {
    const { post } = this.world;
    switch (weather.kind) {
      case 'address':
        for (const { email } of this.world.subscriptions()) post.behaviours.set(email, weather.behaviour);
        return;
      case 'mailer':
        post.mailerWorks = weather.works;
        return;
      case 'alerts':
        post.alertsWork = weather.works;
        return;
      case 'events':
        post.eventDelay = weather.delay;
        post.tellsTwice = weather.twice;
    }
  }

  /** Fails only in ways that somebody is told of. */
  async #do(doing: Doing, circumstances: Circumstances): Promise<void> {
    try {
      await this.#try(doing, circumstances);
    } catch (error) {
      if (!(error instanceof Death || error instanceof Outage || isDomainError(error))) throw error;
      if (doing.kind === 'rotate' || doing.kind === 'generate') this.unanswered.add(this.world.now);
    }
    this.people.readMail();
  }

  async #try(doing: Doing, circumstances: Circumstances): Promise<unknown> {
    const { world, people } = this;
    switch (doing.kind) {
      case 'sweep':
        return this.#sweep(circumstances);
      case 'stream':
        return world.stream(circumstances);
      case 'stream-again':
        return world.stream(circumstances, { again: true });
      case 'mail-events':
        return world.tellEvents(circumstances);
      case 'claim':
      case 'stored':
      case 'renew':
      case 'dispute': {
        const links = people.links();
        const token = links[doing.which % Math.max(1, links.length)];
        if (token === undefined) return undefined;
        if (doing.kind === 'claim') return people.claim(token, doing.who, circumstances);
        if (doing.kind === 'stored') return people.store(token, doing.who, circumstances);
        return doing.kind === 'renew'
          ? people.renew(token, circumstances)
          : this.#dispute(token, circumstances);
      }
      default:
        return world.run(circumstances, (functions) => this.#administer(doing, functions));
    }
  }

  async #administer(doing: Doing, functions: Functions): Promise<unknown> {
    const { world } = this;
    const act = world.act(admin);
    const keys = world.keys();
    const key = keys.find(({ revokedAt }) => revokedAt === undefined) ?? keys[0];
    const keyId = key?.keyId ?? '';
    const [subscription] = world.subscriptions();
    const { subscriptionId = '' } = subscription ?? {};
    switch (doing.kind) {
      case 'generate':
        return this.#answer(
          await generateApiKey(
            {
              tier: 'pro',
              prefix: 'user',
              name: 'default',
              email: subscription?.email ?? addresses[0] ?? '',
              deliver: doing.deliver,
            },
            act,
            { ...functions, subscriptions: functions.usageKeys },
          ),
        );
      case 'rotate': {
        const { graceHours, deliver, repeats } = doing;
        const request = { keyId, graceHours, deliver, ...(repeats ? { idempotencyKey: act.requestId } : {}) };
        return this.#answer(await rotateKey(request, act, functions));
      }
      case 'revoke':
        return revokeKey({ keyId }, act, { ...functions, endOfKey: () => [] });
      case 'suspend':
        return suspendKey({ keyId, cause: doing.cause }, act, functions);
      case 'resume':
        return resumeKey({ keyId, cause: doing.cause }, act, functions);
      case 'move':
        return updateSubscription({ subscriptionId, email: addresses[doing.to] }, act, functions);
      case 'open-pgp': {
        // As update-subscription does, but for reading the key.
        const found = await functions.subscriptions.get(subscriptionId);
        const openPgpKey = doing.has ? { armored: 'a public key', fingerprint: 'F' } : null;
        const next = found && updated(found, { openPgpKey }, changeOf('update-subscription', act));
        return next && commit(functions.client, [functions.subscriptions.replacement(next)]);
      }
      default:
        throw new Error(`nobody does ${doing.kind}`);
    }
  }

  #answer({ apiKey, keyId, version }: { apiKey: string; keyId: string; version: number }): void {
    this.world.minted.set(apiKey, { keyId, version });
    this.answered.add(apiKey);
  }

  async #sweep(circumstances: Circumstances): Promise<void> {
    const { world } = this;
    const run = ({ seed, fault }: Circumstances) =>
      world.run({ seed, fault }, (functions) =>
        sweep(world.act({ kind: 'system', id: 'rotate-keys' }), () => true, functions),
      );
    await run(circumstances);
  }

  async #sweepTwice(seed: number): Promise<void> {
    await this.#sweep({ seed });
    const { puts } = this.world.tables;
    await this.#sweep({ seed });
    if (this.world.tables.puts !== puts) throw new Error('a sweep right after another one wrote something');
  }

  /** Twice: the second time it is too late. */
  async #dispute(token: string, circumstances: Circumstances): Promise<void> {
    await this.people.dispute(token, circumstances);
    await this.people.dispute(token, { seed: circumstances.seed });
  }
}
