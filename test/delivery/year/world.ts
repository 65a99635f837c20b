import { recordChange } from '../../../functions/audit/record-change.ts';
import { toRecord } from '../../../functions/audit/rules/stream-record.ts';
import { createAuditStore } from '../../../functions/audit/stores/audit-store.ts';
import { deliverRevision } from '../../../functions/delivery/deliver-revision.ts';
import { mailAccount, type SubscriptionChange } from '../../../functions/delivery/mail-account.ts';
import { recordMailEvent } from '../../../functions/delivery/record-mail-event.ts';
import { readMailEvent } from '../../../functions/delivery/rules/mail-event.ts';
import { hashKey, type KeyItem } from '../../../functions/keys/index.ts';
import type { Act, Actor } from '../../../functions/runtime/rules/change.ts';
import type { SubscriptionItem } from '../../../functions/subscriptions/index.ts';
import { claimSecret, composeFunctions, type Functions, pepper } from './functions.ts';
import { type Item, MemoryTables } from './memory-tables.ts';
import { PostOffice } from './post-office.ts';
import { Death, type Fault, Outage, Process } from './process.ts';

export const start = Date.parse('2026-11-23T10:20:30.400Z');

interface StreamRecord {
  readonly table: string;
  readonly before: Item | undefined;
  readonly after: Item;
  readonly happenedAt: number;
}

export interface Circumstances {
  readonly seed: number;
  readonly fault?: Fault | undefined;
}

/** Everything around the use cases, in memory: tables and their streams, mail, alerts, and a clock. */
export class World {
  now = start;
  readonly post = new PostOffice();
  readonly tables: MemoryTables;
  /** Every whole key that was ever made, as far as it was sealed or answered. */
  readonly minted = new Map<string, { readonly keyId: string; readonly version: number }>();
  /** Every revision of every key, in order. */
  readonly revisions = new Map<string, KeyItem[]>();
  /** When a version was last used. */
  readonly uses = new Map<string, string>();
  readonly ciphertexts = new Map<string, { readonly apiKey: string; readonly context: string }>();
  /** Every revision of every subscription, in order; of locks, which share the table, too. */
  readonly ofSubscriptions = new Map<string, SubscriptionItem[]>();
  #mailRecords: StreamRecord[] = [];
  #accountRecords: StreamRecord[] = [];
  #auditRecords: StreamRecord[] = [];
  /** Records that the stream has delivered and may deliver again. */
  #delivered: StreamRecord[] = [];
  #requests = 0;

  constructor() {
    this.tables = new MemoryTables((table, after) => this.#stream(table, after));
  }

  /** Runs a function of the product as one process. @throws Death, Outage and whatever the function throws */
  async run<T>({ seed, fault }: Circumstances, task: (functions: Functions) => Promise<T>): Promise<T> {
    const process = new Process(seed, fault);
    return process.run(task(composeFunctions(this, process)));
  }

  act(actor: Actor): Act {
    this.#requests += 1;
    return { actor, requestId: `request-${this.#requests}`, now: new Date(this.now) };
  }

  hashOf(apiKey: string): string {
    return hashKey(apiKey, pepper.value);
  }

  keys(): KeyItem[] {
    return this.tables.items('keys') as unknown as KeyItem[];
  }

  key(keyId: string): KeyItem | undefined {
    return this.tables.item('keys', { keyId }) as unknown as KeyItem | undefined;
  }

  subscriptions(): SubscriptionItem[] {
    const items = this.tables.items('subscriptions') as unknown as SubscriptionItem[];
    return items.filter(({ subscriptionId }) => subscriptionId.startsWith('sub_'));
  }

  /** Whether anything is on its way. What an owner cannot be told before mails leave again is not. */
  get isStreaming(): boolean {
    const tellable = this.#isReached ? this.#accountRecords.length : 0;
    return this.#mailRecords.length + this.#auditRecords.length + tellable > 0;
  }

  get #isReached(): boolean {
    return this.post.mailerWorks && this.post.alertsWork;
  }

  /** The stream delivers what there is, in order for each key and until it is taken. */
  async stream(circumstances: Circumstances, { again = false } = {}): Promise<void> {
    const records = [...(again ? this.#delivered.slice(-4) : []), ...this.#mailRecords];
    this.#mailRecords = [];
    await this.#deliver(records, circumstances);
    this.#delivered = records.slice(-4);
    await this.#tellOwners(circumstances);
    const audited = this.#auditRecords;
    this.#auditRecords = [];
    for (const record of audited) await this.#record(record, circumstances);
  }

  /** Tells what became of mails. */
  async tellEvents({ seed, fault }: Circumstances): Promise<void> {
    const events = this.post.takeEvents(this.now);
    for (const [index, json] of events.entries()) {
      const event = readMailEvent(json, claimSecret);
      if (event === undefined) throw new Error('a mail event that nobody understands');
      const act = this.act({ kind: 'system', id: 'record-mail-event' });
      try {
        await this.#untilDone({ seed: seed + index, fault }, (functions) =>
          recordMailEvent(event, act, functions),
        );
      } catch (error) {
        if (this.#isReached) throw error;
        this.post.returnEvent(json, this.now);
      }
    }
  }

  async #deliver(records: readonly StreamRecord[], { seed, fault }: Circumstances): Promise<void> {
    const byKey = Map.groupBy(records, ({ after }) => String(after['keyId']));
    const inOrder = async (mine: readonly StreamRecord[]) => {
      for (const [index, { before, after }] of mine.entries()) {
        await this.#untilDone({ seed: seed + index, fault }, (functions) =>
          deliverRevision(
            after as unknown as KeyItem,
            this.act({ kind: 'system', id: 'deliver-key' }),
            functions,
            before as KeyItem | undefined,
          ),
        );
      }
    };
    await Promise.all([...byKey.values()].map(inOrder));
  }

  /** What stands in the way of every mail gives the change back, and all behind it. */
  async #tellOwners({ seed, fault }: Circumstances): Promise<void> {
    const records = this.#accountRecords;
    this.#accountRecords = [];
    for (const [index, { before, after }] of records.entries()) {
      const change = { ...(before === undefined ? {} : { before }), after } as unknown as SubscriptionChange;
      try {
        await this.#untilDone({ seed: seed + index, fault }, (functions) => mailAccount(change, functions));
      } catch (error) {
        if (this.#isReached) throw error;
        this.#accountRecords = [...records.slice(index), ...this.#accountRecords];
        return;
      }
    }
  }

  async #record(
    { table, before, after, happenedAt }: StreamRecord,
    circumstances: Circumstances,
  ): Promise<void> {
    const name = table === 'keys' ? 'keyId' : 'subscriptionId';
    const key = { [name]: after[name] };
    const change = toRecord({ eventId: 'event', happenedAt, key, before, after });
    if (change === undefined) return;
    if (change.kind !== 'change') throw new Error(`past the record: ${change.why}`);
    await this.#untilDone(circumstances, ({ client }) =>
      recordChange(change.recorded, happenedAt, happenedAt, {
        audit: createAuditStore(client, 'audit'),
        sealer: { seal: (hash) => Promise.resolve(`seal of ${hash}`) },
      }),
    );
  }

  /** What fails or dies is invoked again, and this time nothing befalls it. */
  async #untilDone(
    circumstances: Circumstances,
    task: (functions: Functions) => Promise<unknown>,
  ): Promise<void> {
    try {
      await this.run(circumstances, task);
    } catch (error) {
      if (!(error instanceof Death) && !(error instanceof Outage)) throw error;
      await this.run({ seed: circumstances.seed }, task);
    }
  }

  #stream(table: string, after: Item): void {
    if (table !== 'keys' && table !== 'subscriptions') return;
    const name = table === 'keys' ? 'keyId' : 'subscriptionId';
    const log: Map<string, unknown[]> = table === 'keys' ? this.revisions : this.ofSubscriptions;
    const known = log.get(String(after[name])) ?? [];
    const before = known.at(-1) as Item | undefined;
    known.push(after);
    log.set(String(after[name]), known);
    const record = { table, before, after, happenedAt: this.now };
    if (table === 'keys') this.#mailRecords.push(record);
    else if (!String(after[name]).includes('#')) this.#accountRecords.push(record);
    this.#auditRecords.push(record);
  }
}
