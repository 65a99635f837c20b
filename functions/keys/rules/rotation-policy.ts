/** How long keys live and when owners are told, in days. */
export interface RotationPolicy {
  readonly intervalDays: number;
  readonly noticeDays: number;
}
