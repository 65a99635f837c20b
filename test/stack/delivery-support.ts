import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, vi } from 'vitest';
import type { UpdatedSubscription } from '../../functions/delivery/update-subscription.ts';
import type { KeyItem } from '../../functions/keys/rules/key-item.ts';
import type { KeyView } from '../../functions/keys/rules/key-view.ts';
import type { SweepReport } from '../../functions/rotation/sweep.ts';
import type { SubscriptionItem } from '../../functions/subscriptions/rules/subscription-item.ts';
import { advance, type GeneratedKey, hour, type RotatedKey, requestedBy } from './management-support.ts';
import type { HttpAnswer, TestStack } from './test-stack.ts';

/** What the tests of rotation and delivery share: the inbox, links, sweeps, what admins are told, how all must end. */

/** As the inbox has it. */
export interface Mail {
  readonly messageId: string;
  readonly destination: { readonly to: readonly string[] };
  readonly subject: string;
  readonly body: { readonly text?: string; readonly html?: string };
  readonly attachments: readonly { readonly contentType: string; readonly content: string }[];
}

/** A message to the admins' topic. */
export interface Alert {
  readonly subject: string;
  readonly message: string;
}

type Payload = Readonly<Record<string, unknown>>;

let addresses = 0;

/** An address of its own for each test, at a mailbox that behaves by its name: `bounce`, `full`, `complaint`. */
export function addressOf(mailbox: string): string {
  addresses += 1;
  return `${mailbox}+${addresses}@example.com`;
}

const wholeToken = /[0-9A-Za-z]{12}\.\d+\.\d+\.[\w-]{43}/;
const wholeKey = /[a-z][a-z0-9]{1,11}_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}/;

/** The token of the link in a mail. */
export function tokenIn({ subject, body }: Mail): string {
  const token = new RegExp(`/claim#(${wholeToken.source})\\b`).exec(body.text ?? '')?.[1];
  if (token === undefined) throw new Error(`the mail "${subject}" has no link`);
  return token;
}

/** The link in a mail, whole. */
export function linkIn({ subject, body }: Mail): string {
  const link = /^http\S+\/claim#\S+$/m.exec(body.text ?? '')?.[0];
  if (link === undefined) throw new Error(`the mail "${subject}" has no link`);
  return link;
}

export const holdsLink = ({ body }: Mail) => wholeToken.test(`${body.text}${body.html}`);
export const holdsKey = ({ subject, body }: Mail) => wholeKey.test(`${subject}${body.text}${body.html}`);

/** A nonce as a browser makes one. */
export const nonce = (name: string) => name.replaceAll(' ', '_').padEnd(22, '-');

export function deliveryOf(stack: TestStack) {
  const post = (path: string, body: unknown): Promise<HttpAnswer> =>
    stack.request('POST', path, { 'Content-Type': 'application/json' }, JSON.stringify(body));

  async function store(): Promise<Mail[]> {
    const answer = await fetch(`${stack.inboxUrl}/store`);
    return ((await answer.json()) as { emails: Mail[] }).emails;
  }

  /** All that follows from what was done: mails sent, their events noted, and what those led to. */
  async function settle(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      await stack.streams.whenIdle(30_000);
      // Hands over what SNS has waiting.
      await stack.clock.moveTo(stack.clock.now() + 1);
    }
    await stack.streams.whenIdle(30_000);
  }

  async function item<Item>(table: string, key: Record<string, string>): Promise<Item> {
    const { Item: found } = await stack.dynamodb.send(
      new GetCommand({ TableName: stack.tables[table], Key: key, ConsistentRead: true }),
    );
    if (found === undefined) throw new Error(`nothing in ${table}: ${JSON.stringify(key)}`);
    return found as Item;
  }

  async function alerts(keyId: string): Promise<Alert[]> {
    const lines = await readFile(join(stack.logFolder, 'local/sns.log'), 'utf8').catch(() => '');
    return lines
      .split('\n')
      .filter((line) => line.includes('"subject"') && line.includes(keyId))
      .map((line) => JSON.parse(line) as Alert);
  }

  return {
    settle,
    alerts,
    store,
    generate: (payload: Payload) =>
      stack.manage<GeneratedKey>('generate-key', { tier: 'pro', requestedBy, deliver: true, ...payload }),
    rotate: (payload: Payload) =>
      stack.manage<RotatedKey>('rotate-key', { requestedBy, deliver: true, ...payload }),
    update: (payload: Payload) =>
      stack.manage<UpdatedSubscription>('update-subscription', { requestedBy, ...payload }),
    view: (keyId: string) => stack.manage<KeyView>('get-key', { keyId }),
    item: (keyId: string) => item<KeyItem>('Keys', { keyId }),
    subscription: (subscriptionId: string) => item<SubscriptionItem>('Subscriptions', { subscriptionId }),
    claim: (token: string, by: string) => post('/claims', { token, nonce: nonce(by) }),
    stored: (token: string, by: string) => post('/claims/stored', { token, nonce: nonce(by) }),
    renew: (token: string) => post('/claims/renew', { token }),
    dispute: (token: string) => post('/claims/dispute', { token }),
    status: async (apiKey: string) => (await stack.evaluate(apiKey)).status,
    /** The mails to an address so far, oldest first. */
    async mails(to: string): Promise<Mail[]> {
      return (await store()).filter(({ destination }) => destination.to.includes(to));
    },
    /** The last mail to an address, whose subject must match. */
    async lastMail(to: string, subject: RegExp): Promise<Mail> {
      const last = (await store()).findLast(({ destination }) => destination.to.includes(to));
      expect(last?.subject).toMatch(subject);
      return last as Mail;
    },
    async subjects(to: string): Promise<string[]> {
      return (await store()).filter(({ destination }) => destination.to.includes(to)).map((it) => it.subject);
    },
    /** Waits until the admins have been told of a key what these match, in this order, and no more. */
    told: (keyId: string, expected: readonly string[]) =>
      vi.waitFor(async () => expect((await alerts(keyId)).map(({ subject }) => subject)).toEqual(expected), {
        timeout: 20_000,
      }),
    /** Moves the clock, with the sweeps that fall due on the way, until all that follows is done. */
    async pass(milliseconds: number): Promise<void> {
      await advance(stack, milliseconds);
      await settle();
    },
    /** A sweep now, and all that follows from it. */
    async sweep(): Promise<SweepReport> {
      const report = await stack.manage<SweepReport>('rotate-keys', {});
      await settle();
      return report;
    },
    /** The record is whole, and no log holds a whole key, a link's token, or the secret part of a known key. */
    async endsWell(apiKeys: readonly string[] = []): Promise<void> {
      await settle();
      const { ok, broken } = await stack.manage<{ ok: boolean; broken: unknown[] }>('verify-audit', {});
      expect(broken).toEqual([]);
      expect(ok).toBe(true);
      const logs = await stack.logs();
      const parts = apiKeys.map((apiKey) => apiKey.slice(-49, -20));
      const telling = logs
        .split('\n')
        .filter(
          (line) => wholeKey.test(line) || wholeToken.test(line) || parts.some((part) => line.includes(part)),
        );
      // Not the lines themselves: they would be in the test's own log then.
      expect(telling.map((line) => line.slice(0, 40))).toEqual([]);
    },
  };
}

export type TestDelivery = ReturnType<typeof deliveryOf>;

/** Just past the next sweep of the hourly schedule. */
export const anHour = hour + 1000;
