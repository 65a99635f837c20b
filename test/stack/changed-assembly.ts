import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './test-stack.ts';

export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

/**
 * A synthesized stack once more, in a folder of its own, with a template that a test has changed.
 * @param change may write to the properties of the resources that it is given: all that have some
 */
export async function changedAssembly(
  original: string,
  change: (resources: readonly TemplateResource[]) => void,
): Promise<string> {
  const folder = await temporaryFolder();
  for (const file of await readdir(original)) {
    const path = join(original, file);
    if (!file.endsWith('.template.json')) await symlink(path, join(folder, file));
    else await writeFile(join(folder, file), changed(await readFile(path, 'utf8'), change));
  }
  return folder;
}

function changed(template: string, change: (resources: readonly TemplateResource[]) => void): string {
  const parsed = JSON.parse(template) as { Resources: Record<string, TemplateResource> };
  change(Object.values(parsed.Resources).filter(({ Properties }) => Properties !== undefined));
  return JSON.stringify(parsed);
}
