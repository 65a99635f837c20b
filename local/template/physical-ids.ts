import { createHash } from 'node:crypto';
import type { LocalEnvironment } from '../model.ts';

/** What an identity is made from: where the stack lives, and the resource's own name and naming properties. */
export interface IdentityContext {
  readonly environment: LocalEnvironment;
  readonly logicalId: string;
  /** A top-level property, resolved; undefined where the template does not set it. */
  property(name: string): unknown;
  /** The property as text, or undefined; a `TemplateError` for anything else. */
  text(name: string): string | undefined;
}

/** How a resource of one type is called: what `Ref` gives and what `Fn::GetAtt` gives. */
export interface Identity {
  readonly ref: (context: IdentityContext) => string;
  /** By attribute name; one that gives undefined does not exist for this resource (a stream's ARN without a stream). */
  readonly attributes: Readonly<
    Record<string, (context: IdentityContext, ref: string) => string | undefined>
  >;
}

const lowerAlphanumeric = 'abcdefghijklmnopqrstuvwxyz0123456789';
const upperAlphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The same resource of the same stack always hashes alike, so that ids outlive a restart. */
function digest({ environment, logicalId }: IdentityContext, purpose: string): Buffer {
  const { accountId, region, stackName } = environment;
  return createHash('sha256').update([accountId, region, stackName, logicalId, purpose].join('\n')).digest();
}

/** Up to 32 characters of a hash in the given alphabet. */
function hashed(context: IdentityContext, purpose: string, length: number, alphabet: string): string {
  return [...digest(context, purpose).subarray(0, length)]
    .map((byte) => alphabet.charAt(byte % alphabet.length))
    .join('');
}

/** An id as API Gateway makes them: lower-case letters and digits. */
export function shortId(context: IdentityContext, length = 10): string {
  return hashed(context, 'id', length, lowerAlphanumeric);
}

/** Letters of both cases and digits, as Cognito makes the end of a user pool's id. */
export function mixedId(context: IdentityContext, length: number): string {
  return hashed(context, 'id', length, `${lowerAlphanumeric}ABCDEFGHIJKLMNOPQRSTUVWXYZ`);
}

/** An id as IAM makes them, such as `AROA` and 17 characters for a role. */
export function iamId(context: IdentityContext, prefix: string): string {
  return prefix + hashed(context, 'iam', 17, upperAlphanumeric);
}

/** A UUID (version 4 in shape) from the hash. */
export function uuid(context: IdentityContext): string {
  const hex = digest(context, 'uuid').toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The name that the template gives in `nameProperty`, or one made of the stack's name and the logical id. */
export function physicalName(context: IdentityContext, nameProperty: string, maximum: number): string {
  return context.text(nameProperty) ?? generatedName(context, maximum);
}

/** `<stackName>-<logicalId>`; what is too long is cut and ends in a hash, so that two long names stay apart. */
export function generatedName(context: IdentityContext, maximum: number): string {
  const name = `${context.environment.stackName}-${context.logicalId}`;
  if (name.length <= maximum) return name;
  return `${name.slice(0, maximum - 9)}-${hashed(context, 'name', 8, lowerAlphanumeric)}`;
}

/** The ARN's last part: `function:name`, `table/name`, ... */
export function regionalArn({ environment }: IdentityContext, service: string, resource: string): string {
  return `arn:aws:${service}:${environment.region}:${environment.accountId}:${resource}`;
}

export function globalArn({ environment }: IdentityContext, service: string, resource: string): string {
  return `arn:aws:${service}::${environment.accountId}:${resource}`;
}

/** The six characters that Secrets Manager adds to a secret's name in its ARN. */
export function secretSuffix(context: IdentityContext): string {
  return hashed(context, 'secret', 6, `${lowerAlphanumeric}ABCDEFGHIJKLMNOPQRSTUVWXYZ`);
}
