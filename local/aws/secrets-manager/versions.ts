/** The versions of a secret and how their stages move; pure. */

/** What a version holds: text, or bytes in base64. */
export type SecretValue =
  | { readonly text: string; readonly binary?: never }
  | { readonly binary: string; readonly text?: never };

export interface SecretVersion {
  readonly id: string;
  readonly value: SecretValue;
  readonly stages: readonly string[];
  /** Seconds since the epoch. */
  readonly createdAt: number;
}

const current = 'AWSCURRENT';
const previous = 'AWSPREVIOUS';
/** Secrets Manager keeps some hundred versions; those without a stage go first. */
const maxVersions = 100;

export function findVersion(
  versions: readonly SecretVersion[],
  wanted: { id?: string | undefined; stage?: string | undefined },
): SecretVersion | undefined {
  const stage = wanted.stage ?? (wanted.id === undefined ? current : undefined);
  return versions.find(
    (version) =>
      (wanted.id === undefined || version.id === wanted.id) &&
      (stage === undefined || version.stages.includes(stage)),
  );
}

/**
 * Adds a version and gives it stages. A stage is on one version at a time; whichever version loses AWSCURRENT becomes
 * AWSPREVIOUS.
 */
export function addVersion(
  versions: readonly SecretVersion[],
  added: Omit<SecretVersion, 'stages'>,
  stages: readonly string[] = [current],
): SecretVersion[] {
  const replaces = stages.includes(current);
  const moved = versions.map((version) => {
    const wasCurrent = version.stages.includes(current);
    const left = version.stages.filter(
      (stage) => !stages.includes(stage) && !(replaces && stage === previous),
    );
    return { ...version, stages: replaces && wasCurrent ? [...left, previous] : left };
  });
  const surplus = Math.max(0, moved.length + 1 - maxVersions);
  const dropped = moved.filter((version) => version.stages.length === 0).slice(0, surplus);
  return [...moved.filter((version) => !dropped.includes(version)), { ...added, stages: [...stages] }];
}
