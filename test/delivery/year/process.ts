import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Reach } from './memory-tables.ts';

/** What befalls one call of a process. */
export interface Fault {
  /** Which of its calls: 0 is the first. */
  readonly at: number;
  /**
   * `error`: the call fails, `death`: the process ends there and then; before or after the call has had its effect.
   * `lost-answer`: the effect is there, the answer is lost, and the client's own second try is refused by its condition.
   */
  readonly kind: 'error-before' | 'error-after' | 'death-before' | 'death-after' | 'lost-answer';
}

export class Outage extends Error {
  override readonly name = 'Outage';
}

export class Death extends Error {
  override readonly name = 'Death';
}

/**
 * One run of a function. All that it asks of the world goes through `reach`: calls take turns with those of other
 * processes in an order that the seed decides, and one of them may fail or be the last.
 */
export class Process {
  readonly reach: Reach;
  #calls = 0;
  #dead = false;
  #turn: number;
  readonly #fault: Fault | undefined;
  #die: (death: Death) => void = () => {};
  readonly #death: Promise<never>;

  constructor(seed: number, fault: Fault | undefined) {
    this.#turn = (seed >>> 0) + 1;
    this.#fault = fault;
    this.#death = new Promise<never>((_resolve, reject) => {
      this.#die = reject;
    });
    this.#death.catch(() => {});
    this.reach = (command, of) => this.#reach(command, of);
  }

  /** @throws Death at once when the process dies, whatever it waits for */
  run<T>(task: Promise<T>): Promise<T> {
    task.catch(() => {});
    return Promise.race([task, this.#death]);
  }

  get calls(): number {
    return this.#calls;
  }

  async #reach(command: () => unknown, of: unknown): Promise<unknown> {
    const call = this.#calls++;
    for (let waited = this.#wait(); waited > 0; waited--) await undefined;
    if (this.#dead) return never();
    const fault = this.#fault?.at === call ? this.#fault.kind : undefined;
    if (fault === 'death-before') return this.#end();
    if (fault === 'error-before') throw new Outage('before it had any effect');
    const answer = command();
    if (fault === 'death-after') return this.#end();
    if (fault === 'error-after') throw new Outage('after it had its effect');
    if (fault === 'lost-answer' && of instanceof PutCommand) {
      throw new ConditionalCheckFailedException({ message: 'The conditional request failed', $metadata: {} });
    }
    await undefined;
    return this.#dead ? never() : answer;
  }

  #end(): Promise<never> {
    this.#dead = true;
    this.#die(new Death());
    return never();
  }

  /** Turns to let others go first: 0 to 7. */
  #wait(): number {
    this.#turn = (Math.imul(this.#turn, 1_103_515_245) + 12_345) >>> 0;
    return (this.#turn >>> 16) % 8;
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}
