import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoadedTemplate, loadTemplate } from '../../../local/template/load-template.ts';
import { type ResolvedTemplate, resolveTemplate } from '../../../local/template/resolve.ts';
import { synthesize } from '../../../local/template/synthesize.ts';
import { readEverything } from './read-everything.ts';
import { environment } from './support.ts';

const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000';
const hostedZone = { id: 'Z0123456789ABC', name: 'example.com' };

describe.each([
  ['dev', {}],
  ['prod', {}],
  // Whatever a configuration can switch on.
  [
    'prod',
    {
      domain: { name: 'api.example.com', hostedZone },
      dashboard: { domain: { name: 'keys.example.com', certificateArn, hostedZone } },
      alarmEmail: 'on-call@example.com',
      cloudTrail: true,
    },
  ],
])('the stack of stage %s with %j', (stage, overrides) => {
  let outdir: string;
  let loaded: LoadedTemplate;
  let resolved: ResolvedTemplate;

  beforeAll(async () => {
    outdir = await mkdtemp(join(tmpdir(), 'latchkey-stack-'));
    loaded = await loadTemplate(await synthesize({ stage, overrides, outdir }));
    resolved = resolveTemplate(loaded.template, environment);
  });

  afterAll(() => rm(outdir, { recursive: true }));

  it('is served or listed as without effect, down to every property', () => {
    expect(() => readEverything(resolved, environment, loaded.assetFolder)).not.toThrow();
  });

  it('has the code of every function in a folder of the assembly', async () => {
    const functions = resolved.byType('AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(0);
    for (const { logicalId } of functions) {
      expect((await stat(join(loaded.assetPath(logicalId), 'index.mjs'))).isFile()).toBe(true);
    }
  });

  it('names no two resources of one type alike', () => {
    const names = resolved.resources.map(({ type, ref }) => `${type} ${ref}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
