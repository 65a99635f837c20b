import { createServer } from 'node:http';
import { flushCompileCache } from 'node:module';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { installMovedDate } from '../../lambda/worker/moved-date.ts';
import { openState } from '../../state.ts';
import type { IssuerCommand, IssuerMessage, IssuerSetup, OutgoingMail } from '../worker-protocol.ts';

/** The issuer's own thread: its `Date` is the moved clock's, so that every time in a token is. */
const setup = workerData as IssuerSetup;
const send = (message: IssuerMessage) => parentPort?.postMessage(message);
const log = (line: string) => send({ type: 'log', line });

installMovedDate(setup.clockOffset);
// Not before here: whatever reads the clock while it is loaded shall read the moved one.
const { composeIssuer } = await import('./compose-issuer.ts');

const waiting = new Map<number, PromiseWithResolvers<void>>();
let mails = 0;

function mail(outgoing: OutgoingMail): Promise<void> {
  mails += 1;
  const sent = Promise.withResolvers<void>();
  waiting.set(mails, sent);
  send({ type: 'mail', id: mails, mail: outgoing });
  return sent.promise;
}

const state = openState(setup.statePath);
const server = createServer(composeIssuer({ setup, state, mail, log }));
// Node's 5 s would close many an idle connection that a client is about to use.
server.keepAliveTimeout = 60_000;

parentPort?.on('message', (command: IssuerCommand) => {
  if (command.type === 'close') {
    server.close(() => {
      state.close();
      process.exit();
    });
    server.closeIdleConnections();
    return;
  }
  const sent = waiting.get(command.id);
  waiting.delete(command.id);
  if (command.problem === undefined) sent?.resolve();
  else sent?.reject(new Error(command.problem));
});

server.listen(0, '127.0.0.1', () => {
  send({ type: 'ready', port: (server.address() as AddressInfo).port });
  setImmediate(flushCompileCache);
});
