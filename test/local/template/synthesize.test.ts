import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadTemplate } from '../../../local/template/load-template.ts';
import { resolveTemplate } from '../../../local/template/resolve.ts';
import { synthesize } from '../../../local/template/synthesize.ts';
import { environment } from './support.ts';

describe('synthesize', () => {
  let outdir: string;

  beforeAll(async () => {
    outdir = await mkdtemp(join(tmpdir(), 'latchkey-synthesize-'));
  });

  afterAll(() => rm(outdir, { recursive: true }));

  it('brings a stage’s overrides into the template, and leaves the process’s environment as it was', async () => {
    const before = { ...process.env };
    const overrides = { tiers: { free: { requestsPerMonth: 123 } } };
    const { template } = await loadTemplate(await synthesize({ stage: 'dev', overrides, outdir }));
    const plans = resolveTemplate(template, environment).byType('AWS::ApiGateway::UsagePlan');
    expect(plans.map(({ properties }) => properties['Quota'])).toContainEqual({
      Limit: 123,
      Period: 'MONTH',
    });
    expect({ ...process.env }).toEqual(before);
  });

  it('gives the same assembly again without building it, also to those who ask at once', async () => {
    const overrides = { tiers: { free: { requestsPerMonth: 321 } } };
    const folders = ['a', 'b', 'c', 'd'].map((name) => join(outdir, name));
    const texts = async () => {
      const templates = folders.map((folder) => readFile(join(folder, 'latchkey-dev.template.json'), 'utf8'));
      return new Set(await Promise.all(templates));
    };
    await Promise.all(
      folders.slice(0, 3).map((folder) => synthesize({ stage: 'dev', overrides, outdir: folder })),
    );
    const load = vi.spyOn(App.prototype, 'synth');
    await synthesize({ stage: 'dev', overrides, outdir: join(outdir, 'd') });
    expect(load).not.toHaveBeenCalled();
    load.mockRestore();
    const [text, ...others] = await texts();
    expect(others).toEqual([]);
    expect(text).toContain('"Limit": 321');
  });

  it.each([
    [{ stage: 'moon' }, 'stage "moon" is unknown'],
    [{ stage: 'dev', overrides: { colour: 'red' } }, 'colour'],
    [{ stage: 'dev', overrides: 'red' }, 'overrides of stage dev: expected an object'],
  ])('refuses %j by name', async (options, message) => {
    await expect(synthesize({ ...options, outdir })).rejects.toThrow(message);
  });
});
