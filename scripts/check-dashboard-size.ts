import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';

/**
 * Builds the dashboard as a deployment does and fails where a first page would have to wait for more script than
 * `limit`, where zod has slipped in (the dashboard takes its types alone), or where the page holds anything inline, which its
 * policy forbids. Other code from outside of `dashboard/` fails the build itself: see `dashboard/vite.config.ts`.
 */
const limit = 150 * 1024;

const result = await build({
  configFile: fileURLToPath(new URL('../dashboard/vite.config.ts', import.meta.url)),
  logLevel: 'error',
  build: { write: false },
});
const { output } = (Array.isArray(result) ? result[0] : result) as Rolldown.RolldownOutput;
const chunks = output.filter((each) => each.type === 'chunk');
const problems = [...tooLarge(chunks), ...schemaCode(chunks), ...inlineCode(output)];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

/** The entry with everything that it imports statically: browsers load all of that before anything is drawn. */
function tooLarge(all: readonly Rolldown.OutputChunk[]): string[] {
  const initial = new Set<Rolldown.OutputChunk>();
  const add = (chunk: Rolldown.OutputChunk | undefined): void => {
    if (chunk === undefined || initial.has(chunk)) return;
    initial.add(chunk);
    for (const name of chunk.imports) add(all.find(({ fileName }) => fileName === name));
  };
  for (const chunk of all) if (chunk.isEntry) add(chunk);
  const size = [...initial].reduce((sum, { code }) => sum + gzipSync(code).length, 0);
  const told = `the dashboard's initial script is ${kilobytes(size)} gzipped, of ${kilobytes(limit)} at most`;
  console.log(told);
  return size > limit ? [`${told}: load what a first page does not need by import()`] : [];
}

function schemaCode(all: readonly Rolldown.OutputChunk[]): string[] {
  const hasZod = all.some(({ moduleIds }) => moduleIds.some((id) => id.includes('/node_modules/zod/')));
  return hasZod ? ['zod is in the dashboard\'s script: use "import type"'] : [];
}

function inlineCode(all: Rolldown.RolldownOutput['output']): string[] {
  const page = all.find((each) => each.type === 'asset' && each.fileName === 'index.html');
  const html = page?.type === 'asset' ? String(page.source) : '';
  if (html === '') return ['the build has no index.html'];
  const inline = /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/.exec(html)?.[0];
  return inline === undefined ? [] : [`dashboard/index.html holds something inline (${inline.trim()})`];
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
