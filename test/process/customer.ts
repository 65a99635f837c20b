import { expect } from 'vitest';
import { ManagementError } from '../stack/test-stack.ts';
import type { Stack } from './npm-start.ts';
import { itemsOf } from './tables.ts';

/** One subscription whose owner works without pause, and who remembers every answer. */
export interface Customer {
  readonly subscriptionId: string;
  /** Requests that were answered with 200, and those whose answer is unknown: the counts lie in between. */
  readonly requests: { readonly answered: number; readonly unanswered: number };
  /** Acts that were cut off, over all rounds. */
  interrupted(): number;
  /** Calls the API and makes, rotates and revokes keys, one act after the other, until `over`. */
  work(stack: Stack, over: () => boolean, answered: () => void): Promise<void>;
  /** Every acknowledged key works, everything acknowledged as ended is refused, and the items agree. */
  expectAcknowledged(stack: Stack): Promise<void>;
  /** Asks again for the act that was cut off: it is done once by now, and only once. */
  resolveUnanswered(stack: Stack): Promise<void>;
}

/** What is known of a key from acknowledged acts: secrets that work, and those that must not. */
interface KnownKey {
  readonly keyId: string;
  readonly live: string[];
  readonly dead: string[];
  revision: number;
  revoked: boolean;
}

interface Act {
  readonly name: 'generate-key' | 'rotate-key' | 'revoke-key';
  readonly payload: Record<string, unknown>;
  readonly key: KnownKey | undefined;
}

interface Answer {
  readonly keyId: string;
  readonly apiKey: string;
  readonly subscriptionId: string;
}

/** @param email of a new subscription, which begins with one key */
export async function startCustomer(stack: Stack, email: string): Promise<Customer> {
  const keys: KnownKey[] = [];
  const requests = { answered: 0, unanswered: 0 };
  let unanswered: Act | undefined;
  let interrupted = 0;
  let acts = 0;

  const first = nextAct();
  const { subscriptionId } = await stack
    .manage<Answer>(first.name, first.payload)
    .then((answer) => learn(first, answer));

  /** Generate, rotate with and without grace, generate, revoke, ...: two to four live keys at any time. */
  function nextAct(): Act {
    acts += 1;
    const common = { requestedBy: email, idempotencyKey: `${email} ${acts}` };
    const live = keys.filter(({ revoked }) => !revoked);
    const oldest = live[0];
    if (oldest === undefined || live.length < 2 || (acts % 4 === 0 && live.length < 4)) {
      return { name: 'generate-key', payload: { tier: 'enterprise', email, ...common }, key: undefined };
    }
    const { keyId } = oldest;
    if (acts % 4 === 2) return { name: 'revoke-key', payload: { keyId, requestedBy: email }, key: oldest };
    const newest = live.at(-1) ?? oldest;
    const payload = { keyId: newest.keyId, graceHours: acts % 4 === 1 ? 0 : 24, ...common };
    return { name: 'rotate-key', payload, key: newest };
  }

  /** What the answer to an act says about the key from now on. */
  function learn({ name, payload, key }: Act, answer: Answer): Answer {
    if (name === 'generate-key' || key === undefined) {
      keys.push({ keyId: answer.keyId, live: [answer.apiKey], dead: [], revision: 1, revoked: false });
      return answer;
    }
    key.revision += 1;
    if (name === 'revoke-key') {
      key.revoked = true;
      key.dead.push(...key.live.splice(0));
    } else {
      // The secret before stays for the grace; older ones end.
      key.dead.push(
        ...key.live.splice(0, payload['graceHours'] === 0 ? key.live.length : key.live.length - 1),
      );
      key.live.push(answer.apiKey);
    }
    return answer;
  }

  async function manageOnce(to: Stack, answered: () => void): Promise<void> {
    const act = nextAct();
    try {
      learn(act, await to.manage<Answer>(act.name, act.payload));
      answered();
    } catch (error) {
      // An answer that says no is none that a kill explains.
      if (error instanceof ManagementError) throw error;
      unanswered = act;
      interrupted += 1;
    }
  }

  async function requestOnce(to: Stack, answered: () => void): Promise<void> {
    // Any of them may have been ended by an act under way: then it counts for nothing.
    const apiKey = keys.findLast(({ live }) => live.length > 0)?.live.at(-1) ?? '';
    const status = await to.evaluate(apiKey).catch(() => undefined);
    if (status === 200) requests.answered += 1;
    else if (status === undefined) requests.unanswered += 1;
    else if (status !== 401 && status !== 429) throw new Error(`a request was answered with ${status}`);
    if (status === 200) answered();
  }

  async function expectHeld(to: Stack, known: readonly KnownKey[]): Promise<void> {
    const items = new Map((await itemsOf(to, 'Keys')).map((item) => [item['keyId'], item]));
    for (const key of known) {
      const isUncertain = unanswered?.key === key;
      const { revision, revokedAt } = items.get(key.keyId) ?? {};
      expect(revision).toBeGreaterThanOrEqual(key.revision);
      expect(revision).toBeLessThanOrEqual(key.revision + (isUncertain ? 1 : 0));
      if (!isUncertain) expect(revokedAt !== undefined).toBe(key.revoked);
      const happened = revision !== key.revision;
      if (!happened) expect(await statuses(to, key.live)).toEqual(key.live.map(() => 200));
      expect(await statuses(to, key.dead)).toEqual(key.dead.map(() => 401));
    }
  }

  return {
    subscriptionId,
    requests,
    interrupted: () => interrupted,
    async work(to, over, answered) {
      const untilOver = async (step: () => Promise<void>) => {
        while (!over() && unanswered === undefined) await step();
      };
      await Promise.all([
        untilOver(() => manageOnce(to, answered)),
        untilOver(() => requestOnce(to, answered)),
        untilOver(() => requestOnce(to, answered)),
      ]);
    },
    expectAcknowledged: (to) => expectHeld(to, keys),
    async resolveUnanswered(to) {
      if (unanswered === undefined) return;
      const act = unanswered;
      unanswered = undefined;
      learn(act, await to.manage<Answer>(act.name, act.payload));
      const mine = (await itemsOf(to, 'Keys')).filter((item) => item['subscriptionId'] === subscriptionId);
      expect(mine.map(({ keyId }) => keyId).toSorted()).toEqual(keys.map(({ keyId }) => keyId).toSorted());
      await expectHeld(
        to,
        [act.key ?? keys.at(-1)].flatMap((key) => key ?? []),
      );
    },
  };
}

function statuses(stack: Stack, apiKeys: readonly string[]): Promise<number[]> {
  return Promise.all(apiKeys.map((apiKey) => stack.check(apiKey)));
}
