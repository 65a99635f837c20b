import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { z } from 'zod';
import { matchesWildcard } from '../aws/iam/wildcard.ts';
import { describeResource, ofType, readProperties } from '../aws/properties.ts';
import type { ResolvedResource } from '../model.ts';
import { deploymentSchema } from './schemas.ts';

/** An object of a bucket. */
export interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string;
  readonly cacheControl: string | undefined;
}

type Deployment = z.output<typeof deploymentSchema>;

/**
 * What the deployments of the template have put into a bucket when all of them are through, by key.
 * @param assetFolder absolute folder of what is uploaded as a zip file under a key
 * @throws Error that names a deployment into another bucket, and every property that is not supported
 */
export function readObjects(
  resources: readonly ResolvedResource[],
  bucketName: string | undefined,
  assetFolder: (objectKey: string) => string,
): ReadonlyMap<string, StoredObject> {
  const objects = new Map<string, StoredObject>();
  for (const resource of ofType(resources, 'Custom::CDKBucketDeployment')) {
    const deployment = readProperties(resource, deploymentSchema);
    if (deployment.DestinationBucketName !== bucketName) {
      throw new Error(`${describeResource(resource)}: no distribution serves what it puts into its bucket`);
    }
    deploy(deployment, objects, assetFolder);
  }
  return objects;
}

/** As `aws s3 sync` of the extracted sources does, with `--delete` where the deployment prunes. */
function deploy(
  deployment: Deployment,
  objects: Map<string, StoredObject>,
  assetFolder: (objectKey: string) => string,
): void {
  const contents = new Map<string, Buffer>();
  for (const [index, objectKey] of deployment.SourceObjectKeys.entries()) {
    const markers = deployment.SourceMarkers[index] ?? {};
    const asJson = deployment.SourceMarkersConfig[index]?.jsonEscape ?? false;
    for (const [key, body] of filesIn(assetFolder(objectKey))) contents.set(key, fill(body, markers, asJson));
  }
  for (const key of objects.keys()) {
    if (deployment.Prune && isIncluded(deployment, key) && !contents.has(key)) objects.delete(key);
  }
  for (const [key, body] of contents) {
    if (!isIncluded(deployment, key)) continue;
    const cacheControl = deployment.SystemMetadata['cache-control'];
    objects.set(key, { body, contentType: contentTypeOf(key), cacheControl });
  }
}

/** The last pattern that matches decides. */
function isIncluded({ Exclude, Include }: Deployment, key: string): boolean {
  if (Include.some((pattern) => matchesWildcard(pattern, key))) return true;
  return !Exclude.some((pattern) => matchesWildcard(pattern, key));
}

/** Puts the values in that are known only when the stack is there. */
function fill(body: Buffer, markers: Readonly<Record<string, unknown>>, asJson: boolean): Buffer {
  const entries = Object.entries(markers);
  if (entries.length === 0) return body;
  const filled = entries.reduce(
    (text, [marker, value]) => text.replaceAll(marker, () => (asJson ? inJson(value) : String(value))),
    body.toString('utf8'),
  );
  return Buffer.from(filled);
}

/** A marker stands between quotation marks. */
function inJson(value: unknown): string {
  const text = JSON.stringify(value);
  return typeof value === 'string' ? text.slice(1, -1) : text;
}

function filesIn(folder: string): [key: string, body: Buffer][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(folder, path).replaceAll(sep, '/'), readFileSync(path)]);
}

/** By name, as the AWS CLI guesses them. */
const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.ico': 'image/vnd.microsoft.icon',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

function contentTypeOf(key: string): string {
  return contentTypes[extname(key)] ?? 'binary/octet-stream';
}
