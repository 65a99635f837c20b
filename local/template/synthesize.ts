import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { synthesizeOnce } from './assembly-cache.ts';
import { asRecord } from './template-error.ts';

export interface SynthesizeOptions {
  /** The stage of `cdk.json` whose stack is brought up, such as `dev`. */
  readonly stage: string;
  /** Fields of the stage's configuration that differ from `cdk.json`; the stack's own schema checks them. */
  readonly overrides?: unknown;
  /**
   * Folder for the cloud assembly. It is not emptied first: asset folders are named by their content, so old ones do
   * no harm, while a stack that already runs from this folder may still load its functions from them.
   */
  readonly outdir: string;
}

/**
 * Synthesizes the stack in this process, or takes what the same sources and options gave before.
 * @returns the assembly's folder, for `loadTemplate`
 * @throws ConfigError of `lib/config.ts` for a stage or field that it does not know
 */
export async function synthesize({ stage, overrides = {}, outdir }: SynthesizeOptions): Promise<string> {
  await mkdir(outdir, { recursive: true });
  await synthesizeOnce({ stage, overrides }, outdir, async (folder) => {
    // Imported late, because the CDK takes a while to load and only a synthesis needs it.
    const { buildApp, cdkJsonContext } = await import('../../lib/app.ts');
    const stages = asRecord(cdkJsonContext()['stages'] ?? {}, 'cdk.json: stages');
    const configured = asRecord(stages[stage] ?? {}, `cdk.json: stages.${stage}`);
    const changed = { ...configured, ...asRecord(overrides, `overrides of stage ${stage}`) };
    withoutCloudFormationValidation(() => {
      const { app } = buildApp({
        context: { stage, stages: { ...stages, [stage]: changed } },
        outdir: folder,
      });
      app.synth();
    });
    await removeFileAssets(folder);
  });
  return outdir;
}

/** The AWS CLI, 22 MB, for the function that copies the dashboard in the cloud: nothing here reads it. */
async function removeFileAssets(folder: string): Promise<void> {
  const assets = (await readdir(folder)).filter((name) => /^asset\..*\.zip$/.test(name));
  await Promise.all(assets.map((name) => rm(join(folder, name))));
}

/**
 * The CDK checks every template against CloudFormation's rules, in WebAssembly: three to four seconds, twenty times
 * what the synthesis itself takes. `cdk synth` and the stack's own tests do that; a local start does not wait for it.
 */
function withoutCloudFormationValidation(work: () => void): void {
  const before = process.env['CDK_VALIDATION'];
  process.env['CDK_VALIDATION'] = 'false';
  try {
    work();
  } finally {
    if (before === undefined) delete process.env['CDK_VALIDATION'];
    else process.env['CDK_VALIDATION'] = before;
  }
}
