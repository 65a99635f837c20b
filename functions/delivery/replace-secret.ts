import { mintSecret } from '../keys/index.ts';
import type { KeyItem } from '../keys/rules/index.ts';
import { newHandover, nextVersion, rotated } from '../keys/rules/index.ts';
import type { Change } from '../runtime/rules/change.ts';
import type { ReplacementDependencies } from './dependencies.ts';

/** No rotation shortens the life of a secret that is in use and has its end already. */
const longestGraceHours = 168;

/**
 * A new secret in place of the newest one, on its way to the owner by mail and nowhere else. A secret before it that is
 * in use keeps its own end.
 */
export async function replaceSecret(
  key: KeyItem,
  cause: 'renewed' | 'not-me',
  change: Change,
  { policy, ...dependencies }: ReplacementDependencies,
): Promise<KeyItem> {
  const { prefix, keyId, handover: former } = key;
  const version = nextVersion(key);
  const { secret, sealed } = await mintSecret({ prefix, keyId, version }, true, dependencies);
  if (sealed === undefined) throw new Error('the new secret was not sealed');
  // A secret that somebody has from an answer goes on for a while: the link to its successor lives as long.
  const replacesAnswered = cause === 'renewed' && former?.answered === true;
  const handover = newHandover(
    { ...sealed, answered: false },
    { cause: replacesAnswered ? 'owner' : cause, at: change.at },
    replacesAnswered ? longestGraceHours : 0,
    key.revision + 1,
  );
  const options = {
    graceHours: longestGraceHours,
    ...(cause === 'not-me' && former !== undefined ? { compromised: former.version } : {}),
  };
  return rotated(key, { ...secret, handover }, options, change, policy).key;
}
