import * as z from 'zod/mini';

const name = z.string().check(z.minLength(1));

/** Reading or appending to the Audit table. */
export const auditTableEnvironment = z.object({ AUDIT_TABLE: name });

/** Making or verifying seals. */
export const sealEnvironment = z.object({ SEAL_KEY_ARN: name });

/** Index of the Audit table by day: (day, dayOrder). */
export const byDayIndex = 'byDay';
