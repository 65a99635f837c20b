import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

export interface FreshConnections {
  /** For a client's `requestHandler`. */
  readonly agents: { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent };
  /** Call before each request: gives up connections that have stood idle for too long. */
  freshen(): void;
}

/**
 * Keeps connections alive between requests, but uses none that has stood idle for so long that the other side may have
 * closed it: a function instance can be frozen for minutes in between. For a write that must not be repeated, a
 * connection that is found dead means an unknown outcome.
 * @param idleMilliseconds well below any server's idle timeout
 */
export function createFreshConnections(idleMilliseconds: number): FreshConnections {
  const httpAgent = new HttpAgent({ keepAlive: true });
  const httpsAgent = new HttpsAgent({ keepAlive: true });
  let usedAt = Date.now();
  return {
    agents: { httpAgent, httpsAgent },
    freshen() {
      const now = Date.now();
      if (now - usedAt > idleMilliseconds) {
        for (const agent of [httpAgent, httpsAgent]) {
          for (const sockets of Object.values(agent.freeSockets)) {
            for (const socket of sockets ?? []) socket.destroy();
          }
        }
      }
      usedAt = now;
    },
  };
}
