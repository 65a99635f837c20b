import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname, join } from 'node:path';

/** The log groups of a local stack, as files: `/latchkey/dev/generate-key` is `logs/latchkey/dev/generate-key.log`. */
export interface LogFiles {
  /** Appends one line. @param group name or ARN of a log group */
  write(group: string, line: string): void;
  /** Tells of each line from now on. The group comes by its name. */
  follow(listener: (group: string, line: string) => void): void;
  readonly folder: string;
  close(): Promise<void>;
}

export function openLogFiles(dataDir: string): LogFiles {
  const folder = join(dataDir, 'logs');
  const streams = new Map<string, WriteStream>();
  const listeners: ((group: string, line: string) => void)[] = [];

  function streamOf(group: string): WriteStream {
    const known = streams.get(group);
    if (known !== undefined) return known;
    const file = `${join(folder, ...namesIn(group))}.log`;
    mkdirSync(dirname(file), { recursive: true });
    const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
    streams.set(group, stream);
    return stream;
  }

  return {
    folder,
    write: (group, line) => {
      streamOf(group).write(`${line}\n`);
      for (const listener of listeners) listener(nameOf(group), line);
    },
    follow: (listener) => {
      listeners.push(listener);
    },
    close: async () => {
      await Promise.all([...streams.values()].map((stream) => new Promise((done) => stream.end(done))));
    },
  };
}

/** The parts of a log group's name; `..` cannot climb out of the folder. */
function namesIn(group: string): string[] {
  return nameOf(group)
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..');
}

function nameOf(group: string): string {
  return /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)/.exec(group)?.[1] ?? group;
}
