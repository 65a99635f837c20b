import { mapping, table } from './support.ts';

/** What a killed process and the one after it run. */
export const crashResources = [table('Things'), mapping('Mapping', { BatchSize: 5 })];
