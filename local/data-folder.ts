import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What a data folder holds: `--fresh` removes these and nothing else. */
const folders = ['cdk.out', 'compile-cache', 'dynamodb', 'logs'];
const files = ['demo-key.json', 'stack.json'].flatMap((file) => [file, `${file}.new`]);
const databases = ['state.sqlite', 'lock.sqlite'].flatMap((file) => [
  file,
  `${file}-wal`,
  `${file}-shm`,
  `${file}-journal`,
]);

/** The data folder cannot be used; the message says why and what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

export interface DataFolder {
  readonly path: string;
  release(): void;
}

/**
 * Takes a data folder for this process alone; the lock goes with the process, however it ends. Only the user may read
 * the folder: it holds the local stand-ins of KMS keys and peppers in clear.
 * @param fresh removes what an earlier stack left there
 * @throws DataFolderError
 */
export function takeDataFolder(path: string, fresh: boolean): DataFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const known = new Set([...folders, ...files, ...databases]);
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
  if (fresh) {
    for (const entry of known) {
      if (!entry.startsWith('lock.sqlite') && existsSync(join(path, entry))) {
        rmSync(join(path, entry), { recursive: true, force: true });
      }
    }
  }
  return { path, release: () => lock.close() };
}

/** A reader sees the whole file or the one before, never half of it. */
export function writeAtOnce(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
