/*
 * A process that writes until it is killed: `node crash-child.ts <dataDir> <side> <step> <count> <turns> <first>`. It kills
 * itself at the given step of its <count>th write (side `write`) or batch (side `batch`), or that many turns of the
 * event loop later; with the side `never` it works on until somebody else kills it. Each write that was acknowledged
 * stands on its output.
 */
import { call } from '../dynamodb/harness.ts';
import { crashResources } from './crash-resources.ts';
import { launch } from './support.ts';

const [, , dataDir = '', side = 'never', step = '', count = '0', turns = '0', first = '1'] = process.argv;
let stepsLeft = Number(count);

const watch = (own: string) => (reached: string) => {
  if (own !== side || reached !== step) return;
  stepsLeft -= 1;
  if (stepsLeft === 0) killAfter(Number(turns));
};

function killAfter(turnsLeft: number): void {
  if (turnsLeft === 0) process.kill(process.pid, 'SIGKILL');
  else setImmediate(() => killAfter(turnsLeft - 1));
}

const { service } = await launch({
  resources: crashResources,
  dataDir,
  onWrite: watch('write'),
  onBatch: watch('batch'),
});

/** Two items of two keys per write: what is in the stream is both or none. */
async function write(lane: number): Promise<void> {
  for (let number = Number(first); ; number++) {
    const put = (id: string, part: number) => ({
      Put: {
        TableName: 'Things',
        Item: { id: { S: id }, part: { N: String(part) }, number: { N: String(number) } },
      },
    });
    await call(service, 'TransactWriteItems', {
      TransactItems: [put(`last${lane}-`, 0), put(`all${lane}-`, number)],
    });
    process.stdout.write(`${lane} ${number}\n`);
  }
}
await Promise.all([0, 1, 2].map(write));
