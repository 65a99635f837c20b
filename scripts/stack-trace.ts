import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundleFunctions } from '../lib/constructs/function-bundle.ts';
import { functionEntries } from '../lib/function-entries.ts';

/**
 * Translates the positions of a logged stack trace (`index.mjs:1:23456`) to those of the source: bundles the functions of
 * this checkout, which must be the commit that is deployed, and reads the map that the bundle comes with.
 */
const usage = 'Usage: npm run --silent stack-trace -- <function name> < file-with-the-stack';
const [name = ''] = process.argv.slice(2);
const folder = bundleFunctions(functionEntries)[name];
const mapFile = join(folder ?? '', 'index.mjs.map');
if (folder === undefined || !existsSync(mapFile)) {
  const known = Object.keys(functionEntries).join(', ');
  console.error(`${usage}\nThe functions are: ${known}`);
  process.exitCode = 1;
} else {
  const map = new SourceMap(JSON.parse(readFileSync(mapFile, 'utf8')));
  // A log holds a stack as JSON, its line ends escaped.
  const stack = (await text(process.stdin)).replaceAll('\\n', '\n');
  const translated = stack.replace(/(?:[^\s(]*\/)?index\.mjs:(\d+):(\d+)/g, (position, line, column) => {
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry)) return position;
    const source = entry.originalSource.replace(/^(\.\.\/)+/, '');
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
  process.stdout.write(translated);
}
