import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Call, type FaultyStack, startFaultyStack } from './delivery-faults-support.ts';
import { addressOf, anHour, deliveryOf, type Mail, type TestDelivery, tokenIn } from './delivery-support.ts';
import type { Fault } from './faulty-aws.ts';
import { writeNext } from './fleet-support.ts';
import { type GeneratedKey, minute } from './management-support.ts';
import type { TestStack } from './test-stack.ts';

/** Whatever fails on the way, whenever: with the sweeps that follow, each thing is told, and none of them differs. */

let faulty: FaultyStack;
let stack: TestStack;
let delivery: TestDelivery;
const apiKeys: string[] = [];

beforeAll(async () => {
  faulty = await startFaultyStack(['deliver-key', 'open-claim', 'rotate-keys', 'record-mail-event']);
  stack = faulty.stack;
  delivery = deliveryOf(stack);
});
beforeEach(() => {
  for (const each of Object.values(faulty.functions)) each.setFault(() => undefined);
});
afterAll(async () => {
  for (const each of Object.values(faulty.functions)) each.setFault(() => undefined);
  await delivery.endsWell(apiKeys);
  await faulty.close();
});

type Kind = 'refused' | 'unanswered' | 'its last';
const kinds: readonly Kind[] = ['refused', 'unanswered', 'its last'];

/** What befalls a call: refused for good, or carried out without an answer, before which the worker may even die. */
function befalls(name: string, kind: Kind): Fault {
  if (kind === 'refused') return { status: 400, error: 'AccessDeniedException' };
  if (kind === 'its last') void stack.invoker.interrupt(stack.functions[name] ?? name);
  return 'answer-lost';
}

/**
 * Does something again and again: the first call of a function fails the first time, then the second, until one time
 * every call is over before the one that would fail.
 */
async function whereverItFails(
  name: string,
  kind: Kind,
  act: (run: number, mend: () => void) => Promise<void>,
): Promise<readonly Call[]> {
  const aws = faulty.functions[name];
  if (aws === undefined) throw new Error(`${name} has no faults`);
  for (let failing = 1; failing <= 20; failing++) {
    let hit = false;
    let mended = false;
    let counted = 0;
    aws.setFault(({ operation }) => {
      // A worker that dies after a read has done nothing more than one whose read was refused.
      if (kind !== 'its last' || !/^(Get|Query)/.test(operation)) counted += 1;
      if (counted !== failing || mended || hit) return undefined;
      hit = true;
      return befalls(name, kind);
    });
    await act(failing, () => {
      mended = true;
    });
    if (!hit) return aws.calls;
  }
  throw new Error(`${name} has no end of calls`);
}

/** One mail, as far as its reader can tell: copies are the same to the letter, so that programs show one. */
function theOne(mails: readonly Mail[]): Mail {
  const [first] = mails;
  const different = new Set(mails.map(({ subject, body }) => JSON.stringify({ subject, body })));
  expect(different.size).toBe(1);
  expect(mails.length).toBeLessThanOrEqual(2);
  return first as Mail;
}

async function mailed(mailbox: string): Promise<GeneratedKey & { email: string }> {
  const email = addressOf(mailbox);
  const made = await delivery.generate({ email });
  apiKeys.push(made.apiKey);
  return { ...made, email };
}

test.each(kinds)(
  'deliver-key, where a call of it is %s: the mail arrives, and its link holds the key',
  async (kind) => {
    const made: Awaited<ReturnType<typeof mailed>>[] = [];
    const calls = await whereverItFails('deliver-key', kind, async () => {
      made.push(await mailed('ada'));
      await delivery.settle();
    });
    expect(calls.map(({ service }) => service)).toContain('SES');
    expect(made.length).toBeGreaterThan(2);
    // What could not be sent waits an hour.
    await delivery.pass(anHour);
    await delivery.sweep();
    for (const { email, keyId, apiKey } of made) {
      const mail = theOne(await delivery.mails(email));
      expect((await delivery.view(keyId)).handover).toMatchObject({ sentAt: expect.any(String) });
      expect((await delivery.claim(tokenIn(mail), 'the owner')).body).toMatchObject({ apiKey });
    }
    await delivery.settle();
    for (const { email } of made) {
      const rest = (await delivery.mails(email)).filter(({ subject }) => /was opened$/.test(subject));
      theOne(rest);
    }
  },
);

test.each(kinds)(
  'open-claim, where a call of it is %s: the same client has the key in the end, and no other',
  async (kind) => {
    const made = await Promise.all(Array.from({ length: 6 }, () => mailed('bob')));
    await delivery.settle();
    const calls = await whereverItFails('open-claim', kind, async (run, mend) => {
      const { email, apiKey } = made[run - 1] ?? (await mailed('bob'));
      await delivery.settle();
      const token = tokenIn(theOne(await delivery.mails(email)));
      const first = await delivery.claim(token, 'the owner');
      expect([200, 500, 502, 503, 504]).toContain(first.status);
      mend();
      const again = await delivery.claim(token, 'the owner');
      expect([again.status, again.body.apiKey]).toEqual([200, apiKey]);
      expect((await delivery.claim(token, 'a stranger')).status).toBe(410);
    });
    expect(calls.map(({ service }) => service)).toContain('KMS');
    await delivery.settle();
    expect(await delivery.subjects(made[1]?.email ?? '')).toHaveLength(2);
  },
);

test.each(kinds)(
  'rotate-keys, where a call of it is %s: the next sweep makes up for it, and no key is rotated twice',
  async (kind) => {
    const { keyId, email } = await mailed('carol');
    await delivery.settle();
    let version = 1;
    const operations = ['Query', 'GetItem', 'Encrypt', 'PutItem'].slice(kind === 'its last' ? 2 : 0);
    for (const operation of operations) {
      const item = await delivery.item(keyId);
      const due = new Date(stack.clock.now() - minute).toISOString();
      const timer = { nextAction: 'rotate', nextActionAt: due, dueShard: item.dueShard ?? 0 };
      await writeNext(stack, 'Keys', item, { rotateAt: due, noticedFor: due, ...timer });
      await delivery.settle();
      let hit = false;
      faulty.functions['rotate-keys']?.setFault((call) => {
        if (hit || call.operation !== operation) return undefined;
        hit = true;
        return befalls('rotate-keys', kind);
      });
      await delivery.sweep().catch(() => undefined);
      expect([operation, hit]).toEqual([operation, true]);
      await delivery.sweep();
      version += 1;
      const { versions } = await delivery.view(keyId);
      expect(versions.at(-1)?.version).toBe(version);
    }
    const links = (await delivery.mails(email)).map(tokenIn);
    expect(new Set(links).size).toBe(version);
  },
);

test.each(kinds)(
  'record-mail-event, where a call of it is %s: the address is marked, and the admins hear of it',
  async (kind) => {
    const made: Awaited<ReturnType<typeof mailed>>[] = [];
    await whereverItFails('record-mail-event', kind, async () => {
      made.push(await mailed('bounce'));
      await delivery.settle();
    });
    // SNS tries again after one and two minutes.
    await delivery.pass(2 * minute);
    await delivery.pass(2 * minute);
    for (const { subscriptionId, keyId, email } of made) {
      expect(await delivery.subscription(subscriptionId)).toMatchObject({
        undeliverable: { cause: 'bounce' },
      });
      await delivery.told(keyId, ["Latchkey: mails to an owner's address come back"]);
      expect(await delivery.mails(email)).toHaveLength(1);
    }
  },
);

test('while SES is down mails wait on their items, and each arrives once when it is back', async () => {
  faulty.functions['deliver-key']?.setFault(({ service }) =>
    service === 'SES' ? 'connection-lost' : undefined,
  );
  const linked = await mailed('dora');
  const email = addressOf('eve');
  const told = await delivery.generate({ email, deliver: false });
  apiKeys.push(told.apiKey);
  await delivery.settle();
  await delivery.pass(anHour);
  await delivery.sweep();
  expect(await delivery.mails(linked.email)).toEqual([]);
  expect((await delivery.view(linked.keyId)).handover).toMatchObject({ attempts: 2 });
  expect(await delivery.view(told.keyId)).toMatchObject({
    outbox: [{ kind: 'new-key', to: 'owner', attempts: 2 }],
  });

  faulty.functions['deliver-key']?.setFault(() => undefined);
  await delivery.pass(2 * anHour);
  await delivery.sweep();
  expect(await delivery.subjects(linked.email)).toEqual(['Your AI Decision Engine API key']);
  expect(await delivery.subjects(email)).toEqual(['Your AI Decision Engine API key']);
  expect(await delivery.view(told.keyId)).not.toHaveProperty('outbox');
  const [mail] = await delivery.mails(linked.email);
  expect((await delivery.claim(tokenIn(mail as Mail), 'the owner')).body).toMatchObject({
    apiKey: linked.apiKey,
  });
});

test('what is no token of ours is refused without a look at any item', async () => {
  const { email } = await mailed('frank');
  await delivery.settle();
  const token = tokenIn(theOne(await delivery.mails(email)));
  const open = faulty.functions['open-claim'];
  open?.setFault(() => undefined);
  const [keyId = '', version, linkNo, mac = ''] = token.split('.');
  const swapped = `${mac.slice(1)}${mac.slice(0, 1)}`;
  for (const garbage of [
    'garbage',
    '',
    token.slice(0, -1),
    `${token}x`,
    `${keyId}.${version}.2.${mac}`,
    `${keyId}.${version}.${linkNo}.${swapped}`,
  ]) {
    for (const answer of [
      await delivery.claim(garbage, 'somebody'),
      await delivery.renew(garbage),
      await delivery.dispute(garbage),
    ]) {
      expect([garbage, answer.status]).toEqual([garbage, 400]);
      expect(answer.body.type).toMatch(/\/link-not-valid$/);
    }
  }
  expect(open?.calls.filter(({ service }) => service !== 'SECRETS_MANAGER')).toEqual([]);
  expect((await delivery.claim(token, 'the owner')).status).toBe(200);
});
