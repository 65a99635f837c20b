import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { StoredObject } from './read-objects.ts';
import type { Site } from './read-site.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What CloudFront compresses, of 1,000 bytes to 10 MB. */
const compressible = new Set([
  'application/json',
  'application/manifest+json',
  'image/svg+xml',
  'text/css',
  'text/html',
  'text/javascript',
  'text/plain',
]);

/**
 * What S3 answers about a key, by way of CloudFront.
 * @param object what lies there, its text as it is to be read on this machine
 */
export function answerFor(
  site: Pick<Site, 'compress' | 'mayRead' | 'mayList'>,
  key: string,
  object: StoredObject | undefined,
  headers: IncomingHttpHeaders,
): Answer {
  if (object === undefined && site.mayList)
    return problem(404, 'NoSuchKey', 'The specified key does not exist.', key);
  if (object === undefined || !site.mayRead) return problem(403, 'AccessDenied', 'Access Denied', key);
  const encoding = encodingOf(site, object, headers['accept-encoding']);
  const tag = `"${createHash('md5').update(object.body).digest('hex')}"`;
  const about = {
    ETag: encoding === undefined ? tag : `W/${tag}`,
    ...(object.cacheControl === undefined ? {} : { 'Cache-Control': object.cacheControl }),
    ...(isCompressible(site, object) ? { Vary: 'Accept-Encoding' } : {}),
  };
  if (isKnown(headers['if-none-match'], tag)) return { status: 304, headers: about, body: Buffer.alloc(0) };
  return {
    status: 200,
    headers: {
      'Content-Type': object.contentType,
      ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
      ...about,
    },
    body: compressed(object.body, encoding),
  };
}

/** In the words, and the format, of S3. */
function problem(status: number, code: string, message: string, key: string): Answer {
  const escaped = key.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><Key>${escaped}</Key></Error>`;
  return { status, headers: { 'Content-Type': 'application/xml' }, body: Buffer.from(body) };
}

/** The best quality takes half a second for a script. */
const quickly = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };

type Encoding = 'br' | 'gzip' | undefined;

function encodingOf(site: Pick<Site, 'compress'>, object: StoredObject, accepted = ''): Encoding {
  if (!isCompressible(site, object)) return undefined;
  const names = accepted.split(',').map((entry) => entry.trim().split(';')[0]);
  return (['br', 'gzip'] as const).find((name) => names.includes(name));
}

function isCompressible({ compress }: Pick<Site, 'compress'>, { body, contentType }: StoredObject): boolean {
  return compress && compressible.has(contentType) && body.length >= 1_000 && body.length <= 10_000_000;
}

/** By content, for files are asked for again and again. */
const shortened = new WeakMap<Buffer, Partial<Record<'br' | 'gzip', Buffer>>>();

function compressed(body: Buffer, encoding: Encoding): Buffer {
  if (encoding === undefined) return body;
  const known = shortened.get(body) ?? {};
  known[encoding] ??= encoding === 'br' ? brotliCompressSync(body, quickly) : gzipSync(body);
  shortened.set(body, known);
  return known[encoding];
}

function isKnown(header: string | undefined, tag: string): boolean {
  return (header ?? '').split(',').some((known) => known.trim().replace(/^W\//, '') === tag);
}
