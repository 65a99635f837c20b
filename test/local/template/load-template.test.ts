import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadTemplate } from '../../../local/template/load-template.ts';

let folder: string;
let assembly: string;
let functionIds: { asset: string; inline: string };

/** A real cloud assembly of two stacks, synthesized by the CDK's default synthesizer. */
beforeAll(async () => {
  vi.stubEnv('CDK_VALIDATION', 'false');
  folder = await mkdtemp(join(tmpdir(), 'latchkey-assembly-'));
  assembly = join(folder, 'cdk.out');
  const code = join(folder, 'code');
  await mkdir(code);
  await writeFile(join(code, 'index.mjs'), 'export const handler = async () => 42;\n');

  const app = new App({ outdir: assembly });
  const stack = new Stack(app, 'Main', { stackName: 'Latchkey-dev' });
  const base = { runtime: Runtime.NODEJS_24_X, handler: 'index.handler' };
  const asset = new LambdaFunction(stack, 'Asset', { ...base, code: Code.fromAsset(code) });
  const inline = new LambdaFunction(stack, 'Inline', {
    ...base,
    code: Code.fromInline('exports.handler = () => 1'),
  });
  const bound = new Stack(app, 'Bound', { env: { account: '123456789012', region: 'eu-west-1' } });
  new Topic(bound, 'Topic');
  app.synth();
  functionIds = { asset: idOf(stack, asset), inline: idOf(stack, inline) };
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

function idOf(stack: Stack, fn: LambdaFunction): string {
  if (fn.node.defaultChild === undefined) throw new Error('a function has a resource');
  return stack.getLogicalId(fn.node.defaultChild as Parameters<Stack['getLogicalId']>[0]);
}

describe('loadTemplate', () => {
  it.each(['Main', 'Latchkey-dev'])('finds a stack by its id or its name: %s', async (name) => {
    const loaded = await loadTemplate(assembly, name);
    expect(loaded.stackName).toBe('Latchkey-dev');
    expect(loaded.template).toHaveProperty(`Resources.${functionIds.asset}.Type`, 'AWS::Lambda::Function');
  });

  it('gives the folder of a function’s code', async () => {
    const { assetPath } = await loadTemplate(assembly, 'Main');
    const source = await readFile(join(assetPath(functionIds.asset), 'index.mjs'), 'utf8');
    expect(source).toContain('42');
  });

  it('gives the account and Region that a stack is bound to, and none for one that is not', async () => {
    expect(await loadTemplate(assembly, 'Bound')).toMatchObject({
      accountId: '123456789012',
      region: 'eu-west-1',
    });
    expect(await loadTemplate(assembly, 'Main')).toMatchObject({ accountId: undefined, region: undefined });
  });

  it('refuses code that is no asset folder, and what is no function', async () => {
    const main = await loadTemplate(assembly, 'Main');
    expect(() => main.assetPath(functionIds.inline)).toThrow(
      `Resources.${functionIds.inline}.Properties.Code: ZipFile names no asset folder`,
    );
    expect(() => main.assetPath('Nope')).toThrow('Resources.Nope');
  });

  it('names the stacks there are when it cannot tell which one is meant', async () => {
    await expect(loadTemplate(assembly)).rejects.toThrow('expected one stack, found: Main, Bound');
    await expect(loadTemplate(assembly, 'Other')).rejects.toThrow(
      'no stack Other in the assembly, found: Main, Bound',
    );
  });

  it('names the file that is missing', async () => {
    await expect(loadTemplate(join(folder, 'nowhere'))).rejects.toThrow(
      /cannot read .*nowhere.manifest\.json/,
    );
  });

  it('falls back on the asset path in a function’s metadata where no manifest lists its code', async () => {
    const bare = join(folder, 'bare');
    await mkdir(bare);
    const artifact = { type: 'aws:cloudformation:stack', properties: { templateFile: 't.json' } };
    await writeFile(join(bare, 'manifest.json'), JSON.stringify({ artifacts: { Bare: artifact } }));
    const resource = {
      Type: 'AWS::Lambda::Function',
      Properties: { Code: { S3Bucket: 'b', S3Key: 'k.zip' } },
      Metadata: { 'aws:asset:path': 'asset.abc' },
    };
    await writeFile(join(bare, 't.json'), JSON.stringify({ Resources: { Fn: resource } }));
    const loaded = await loadTemplate(bare);
    expect(loaded.stackName).toBe('Bare');
    expect(loaded.assetPath('Fn')).toBe(join(bare, 'asset.abc'));
  });
});
