import { changeActions } from '../../runtime/rules/change.ts';
import { expiry, removal } from './recorded-change.ts';

/** What an entry may tell, unless somebody wrote past the product. */
export const recordedActions = [...changeActions, removal, expiry] as const;
