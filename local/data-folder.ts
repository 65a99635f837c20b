import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Every file that SQLite may keep for a database. */
const database = (file: string) => [file, `${file}-wal`, `${file}-shm`, `${file}-journal`];

/** What a data folder holds. `--fresh` removes files and data; the rest is the template, a cache and the lock. */
const files = ['demo-key.json', 'stack.json'].flatMap((file) => [file, `${file}.new`]);
const data = ['dynamodb', 'logs', ...database('state.sqlite'), ...database('issuer.sqlite')];
const rest = ['cdk.out', 'compile-cache', ...database('lock.sqlite')];

/** The data folder cannot be used; the message says why and what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

export interface DataFolder {
  /** Removes what an earlier stack left here; call it before anything is opened. */
  clear(): void;
  release(): void;
}

/**
 * Takes a data folder for this process alone; the lock goes with the process, however it ends. Only the user may read
 * the folder: it holds the local stand-ins of KMS keys and peppers in clear.
 * @throws DataFolderError
 */
export function takeDataFolder(path: string): DataFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const known = new Set([...files, ...data, ...rest]);
  const foreign = readdirSync(path).filter((entry) => !known.has(entry));
  if (foreign.length > 0) {
    throw new DataFolderError(
      `${path} holds files that are not Latchkey's (${foreign.slice(0, 3).join(', ')}). Choose another folder with LATCHKEY_DATA_DIR.`,
    );
  }
  chmodSync(path, 0o700);
  const lock = new DatabaseSync(join(path, 'lock.sqlite'));
  try {
    lock.exec(
      'PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS lock (held); COMMIT',
    );
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new DataFolderError(
      `${path} is in use by another running stack. Stop that one, or choose another folder with LATCHKEY_DATA_DIR.`,
    );
  }
  return {
    clear: () => {
      for (const entry of [...files, ...data]) rmSync(join(path, entry), { recursive: true, force: true });
    },
    release: () => lock.close(),
  };
}

/** A reader sees the whole file or the one before, never half of it. */
export function writeAtOnce(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
