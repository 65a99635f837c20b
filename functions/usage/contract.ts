import * as z from 'zod/mini';

const name = z.string().check(z.minLength(1));

/** Reading or writing the Usage table. */
export const usageTableEnvironment = z.object({ USAGE_TABLE: name });
