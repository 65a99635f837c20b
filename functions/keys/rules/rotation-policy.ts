/** How long keys live and when owners are told: the stage's configuration. */
export interface RotationPolicy {
  /** Days from the creation of a secret to its rotation. */
  readonly intervalDays: number;
  /** Days before that at which the owner is told. */
  readonly noticeDays: number;
  /** Hours before the end of an old secret at which an owner who still uses it is reminded. */
  readonly reminderHours: number;
  /** Hours for which the old secret goes on after an automatic rotation, by tier. */
  readonly graceHours: Readonly<Record<string, number>>;
}
