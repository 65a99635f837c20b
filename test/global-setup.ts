import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../local/template/synthesize.ts';
import { generousRates } from './stack/generous-rates.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the stack as most tests start it, synthesized once for all of them. */
    readonly assembly: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outdir = await mkdtemp(join(tmpdir(), 'latchkey-assembly-'));
  project.provide('assembly', await synthesize({ stage: 'dev', overrides: generousRates, outdir }));
  return () => rm(outdir, { recursive: true, force: true });
}
