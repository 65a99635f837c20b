/** A process of its own for the test of `kill -9`: admits requests without end and says how many after each. */
import { createLedger } from '../../../local/gateway/ledger.ts';
import { openState } from '../../../local/state.ts';

const ledger = createLedger(openState(process.argv[2] ?? ''));
const plan = { id: 'plan', throttle: undefined, methodThrottles: new Map(), quota: undefined };
for (let admitted = 1; ; admitted++) {
  ledger.admit(plan, 'key', Date.UTC(2026, 10, 23));
  process.stdout.write(`${admitted}\n`);
  await new Promise((resolve) => setImmediate(resolve));
}
