import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { asRecord, asText, isRecord, own, TemplateError } from './template-error.ts';

/** One stack of a CDK cloud assembly, as synthesized. */
export interface LoadedTemplate {
  readonly stackName: string;
  /** The account and Region that the stack is bound to; undefined where it takes those of its deployment. */
  readonly accountId: string | undefined;
  readonly region: string | undefined;
  /** The template's JSON; `resolveTemplate` reads it. */
  readonly template: unknown;
  /**
   * Absolute path of the folder with a function's code.
   * @throws TemplateError when the logical id is no function, or its code is not an asset folder of the assembly
   */
  assetPath(functionLogicalId: string): string;
  /**
   * Absolute path of the folder that a deployment uploads as a zip file under this key.
   * @throws TemplateError when no asset of the assembly has that key
   */
  assetFolder(objectKey: string): string;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads a cloud assembly (`cdk.out`) from disk: plain JSON, because loading the CDK to read three files would cost
 * more than all the rest of a start.
 * @param stackName the stack's name or artifact id; may be left out where the assembly has one stack
 */
export async function loadTemplate(assemblyDir: string, stackName?: string): Promise<LoadedTemplate> {
  const manifest = await readJson(assemblyDir, 'manifest.json');
  const artifacts = asRecord(manifest['artifacts'] ?? {}, 'manifest.json');
  const { id, artifact } = chooseStack(artifacts, stackName);
  const properties = asRecord(artifact['properties'] ?? {}, id);
  const template = await readJson(assemblyDir, asText(properties['templateFile'], id));
  const assets = await readAssets(assemblyDir, artifacts, artifact);
  const [, accountId, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(String(artifact['environment'])) ?? [];
  return {
    stackName: asText(properties['stackName'] ?? id, id),
    accountId: accountId === 'unknown-account' ? undefined : accountId,
    region: region === 'unknown-region' ? undefined : region,
    template,
    assetPath: (logicalId) => resolve(assemblyDir, assetOf(template, assets, logicalId)),
    assetFolder(objectKey) {
      const path = assets.get(objectKey);
      if (path === undefined)
        throw new TemplateError(objectKey, 'is no folder among the assets of the assembly');
      return resolve(assemblyDir, path);
    },
  };
}

function chooseStack(artifacts: Json, stackName: string | undefined): { id: string; artifact: Json } {
  const stacks = Object.entries(artifacts).flatMap(([id, artifact]) =>
    isRecord(artifact) && artifact['type'] === 'aws:cloudformation:stack' ? [{ id, artifact }] : [],
  );
  const chosen = stacks.filter(
    ({ id, artifact }) =>
      stackName === undefined ||
      id === stackName ||
      (isRecord(artifact['properties']) && artifact['properties']['stackName'] === stackName),
  );
  const [only, ...others] = chosen;
  if (only !== undefined && others.length === 0) return only;
  const found = stacks.map(({ id }) => id).join(', ') || 'none';
  throw new TemplateError(
    'manifest.json',
    stackName === undefined
      ? `expected one stack, found: ${found}`
      : `no stack ${stackName} in the assembly, found: ${found}`,
  );
}

/** Paths of the asset folders that the stack's asset manifests list, by the object key they are uploaded under. */
async function readAssets(assemblyDir: string, artifacts: Json, stack: Json): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  for (const dependency of Array.isArray(stack['dependencies']) ? stack['dependencies'] : []) {
    const artifact = own(artifacts, String(dependency));
    if (!isRecord(artifact) || artifact['type'] !== 'cdk:asset-manifest') continue;
    const file = asText(asRecord(artifact['properties'], String(dependency))['file'], String(dependency));
    const files = asRecord((await readJson(assemblyDir, file))['files'] ?? {}, file);
    for (const [hash, entry] of Object.entries(files)) {
      const { source, destinations } = asRecord(entry, `${file}: ${hash}`);
      if (!isRecord(source) || source['packaging'] !== 'zip') continue;
      for (const destination of Object.values(asRecord(destinations ?? {}, file))) {
        if (isRecord(destination)) paths.set(String(destination['objectKey']), String(source['path']));
      }
    }
  }
  return paths;
}

function assetOf(template: Json, assets: ReadonlyMap<string, string>, logicalId: string): string {
  const at = `Resources.${logicalId}`;
  const resource = asRecord(own(asRecord(template['Resources'] ?? {}, 'Resources'), logicalId), at);
  if (resource['Type'] !== 'AWS::Lambda::Function') throw new TemplateError(at, 'is not a Lambda function');
  const code = asRecord(asRecord(resource['Properties'], at)['Code'], `${at}.Properties.Code`);
  const byKey = typeof code['S3Key'] === 'string' ? assets.get(code['S3Key']) : undefined;
  if (byKey !== undefined) return byKey;
  // Synthesizers other than the default one write no manifest entry; the CDK CLI's own hint is then the only trace.
  const metadata = resource['Metadata'];
  const byMetadata = isRecord(metadata) ? metadata['aws:asset:path'] : undefined;
  if (typeof byMetadata === 'string') return byMetadata;
  throw new TemplateError(
    `${at}.Properties.Code`,
    `${Object.keys(code).join(', ')} names no asset folder of the assembly; other code is not supported by the local runner`,
  );
}

async function readJson(folder: string, file: string): Promise<Json> {
  try {
    return asRecord(JSON.parse(await readFile(join(folder, file), 'utf8')), file);
  } catch (cause) {
    throw new Error(`cannot read ${join(folder, file)} of the cloud assembly`, { cause });
  }
}
