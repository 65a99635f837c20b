import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Small durable maps for the stand-ins: what is `put` has survived `kill -9` of the process once the call returns.
 * SQLite (built into Node) in WAL mode without fsync: the operating system holds the pages, so only a power cut could
 * lose the last writes, and this is a laptop's development data.
 */
export interface StateMap<V> {
  get(key: string): V | undefined;
  put(key: string, value: V): void;
  delete(key: string): void;
  /** Entries in key order whose key begins with `prefix`. */
  entries(prefix?: string): [key: string, value: V][];
}

export interface State {
  /** A named map; the same name gives the same map. Values are stored as JSON. */
  map<V>(name: string): StateMap<V>;
  /** Runs `work` so that all of its writes are kept or none; synchronous. */
  atomically<T>(work: () => T): T;
  close(): void;
}

/** Opens (or makes) the state file. `path` is a file path, or `:memory:`. */
export function openState(path: string): State {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA busy_timeout = 2000');
  database.exec(
    'CREATE TABLE IF NOT EXISTS state (map TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (map, key)) WITHOUT ROWID',
  );
  const select = database.prepare('SELECT value FROM state WHERE map = ? AND key = ?');
  const upsert = database.prepare('INSERT OR REPLACE INTO state (map, key, value) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM state WHERE map = ? AND key = ?');
  const range = database.prepare(
    'SELECT key, value FROM state WHERE map = ? AND substr(key, 1, ?) = ? ORDER BY key',
  );

  return {
    map<V>(name: string): StateMap<V> {
      return {
        get: (key) => {
          const row = select.get(name, key);
          return row === undefined ? undefined : (JSON.parse(String(row['value'])) as V);
        },
        put: (key, value) => {
          upsert.run(name, key, JSON.stringify(value));
        },
        delete: (key) => {
          remove.run(name, key);
        },
        entries: (prefix = '') =>
          range
            .all(name, prefix.length, prefix)
            .map((row) => [String(row['key']), JSON.parse(String(row['value'])) as V]),
      };
    },
    atomically(work) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}
