/*
 * A process that moves money until it is killed: `node crash-child.ts <dataDir> <step> <count> <turns>`. It kills itself
 * at the given step of its <count>th write, or that many turns of the event loop later; with the step `never` it works
 * on until somebody else kills it. Each transfer that was acknowledged stands on its output.
 */
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { launch } from './harness.ts';

const [, , dataDir = '', step = 'never', count = '0', turns = '0'] = process.argv;
let stepsLeft = Number(count);

const local = await launch({
  dataDir,
  onStep: (reached) => {
    if (reached !== step) return;
    stepsLeft -= 1;
    if (stepsLeft === 0) killAfter(Number(turns));
  },
});

function killAfter(turnsLeft: number): void {
  if (turnsLeft === 0) process.kill(process.pid, 'SIGKILL');
  else setImmediate(() => killAfter(turnsLeft - 1));
}

const TableName = 'test-Accounts';
const move = (id: string, amount: number) => ({
  Update: {
    TableName,
    Key: { id: { S: id } },
    UpdateExpression: 'SET balance = if_not_exists(balance, :zero) + :amount, #rank = :number, #owner = :all',
    ExpressionAttributeNames: { '#rank': 'rank', '#owner': 'owner' },
    ExpressionAttributeValues: {
      ':zero': { N: '0' },
      ':amount': { N: String(amount) },
      ':number': { N: String(Math.floor(Math.random() * 1000)) },
      ':all': { S: 'all' },
    },
  },
});

async function transfer(lane: number): Promise<void> {
  for (let number = 1; ; number++) {
    await local.client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          move('from', -1),
          move('to', 1),
          { Put: { TableName, Item: { id: { S: `lane${lane}` }, number: { N: String(number) } } } },
        ],
      }),
    );
    process.stdout.write(`${lane} ${number}\n`);
  }
}
process.stdout.write('ready\n');
await Promise.all([0, 1, 2].map(transfer));
