import { setImmediate as idle } from 'node:timers/promises';

/**
 * A clock that stands still while anything can go on, and then jumps to the next answer that is waited for. What runs at
 * once costs its time once, what runs one after the other adds up: after a run it shows how long the slowest chain of answers
 * is, to the millisecond and the same on any machine. Work of the processor takes no time.
 */
export class SimulatedTime {
  /** Milliseconds since the beginning. */
  now = 0;
  readonly #waiting = new Map<number, (() => void)[]>();

  wait(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const at = this.now + milliseconds;
    const others = this.#waiting.get(at);
    if (others === undefined) this.#waiting.set(at, [resolve]);
    else others.push(resolve);
    return promise;
  }

  /** @throws where something is waited for that this clock does not move */
  async run<T>(work: () => Promise<T>): Promise<T> {
    let isOver = false;
    const result = work().finally(() => {
      isOver = true;
    });
    // It is handed on below; until then a failure is not unhandled.
    result.catch(() => {});
    for (let stuck = 0; ; ) {
      await idle();
      if (isOver) return result;
      stuck = this.#advance() ? 0 : stuck + 1;
      if (stuck > 1_000) throw new Error('something is waited for that no simulated answer brings');
    }
  }

  #advance(): boolean {
    if (this.#waiting.size === 0) return false;
    const next = Math.min(...this.#waiting.keys());
    const ready = this.#waiting.get(next) ?? [];
    this.#waiting.delete(next);
    this.now = next;
    for (const resolve of ready) resolve();
    return true;
  }
}

/** So many connections has a client of the SDK; what comes on top waits for one of them. */
const connections = 50;

/** A client's way to a service: answers take their time, and only so many are under way at once. */
export class SimulatedService {
  /** Requests by name. */
  readonly sent = new Map<string, number>();
  /** Milliseconds that the unluckiest request waited for a connection: after a second the SDK gives it up. */
  longestWait = 0;
  /** Most requests that were under way or waiting at once. */
  most = 0;
  readonly #time: SimulatedTime;
  readonly #latencies: Readonly<Record<string, number>>;
  readonly #waiting: (() => void)[] = [];
  #atOnce = 0;
  #busy = 0;

  /** @param latencies milliseconds of each request, by name; any other is refused */
  constructor(time: SimulatedTime, latencies: Readonly<Record<string, number>>) {
    this.#time = time;
    this.#latencies = latencies;
  }

  get requests(): number {
    return [...this.sent.values()].reduce((sum, count) => sum + count, 0);
  }

  async send<T>(name: string, carryOut: () => T): Promise<Awaited<T>> {
    const latency = this.#latencies[name];
    if (latency === undefined) throw new Error(`nobody knows how long this takes: ${name}`);
    this.sent.set(name, (this.sent.get(name) ?? 0) + 1);
    this.#atOnce += 1;
    this.most = Math.max(this.most, this.#atOnce);
    const came = this.#time.now;
    if (this.#busy < connections) this.#busy += 1;
    else await this.#connection();
    this.longestWait = Math.max(this.longestWait, this.#time.now - came);
    try {
      await this.#time.wait(latency);
      return await carryOut();
    } finally {
      this.#atOnce -= 1;
      // Whoever waits longest takes over the connection.
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }

  #connection(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise;
  }
}

/** Milliseconds of DynamoDB's answers, by the SDK's names: of one item or a page of ids, of many items, of a transaction. */
export const dynamodbLatencies = {
  GetCommand: 10,
  QueryCommand: 10,
  PutCommand: 10,
  UpdateCommand: 10,
  BatchGetCommand: 25,
  TransactWriteCommand: 25,
};
