import type { ClaimAct, ClaimView } from '../../rules/claim.ts';
import { formatExact } from '../../rules/formats.ts';
import { serverNow } from '../../time/clock.ts';

/** What every state of the page is made of. */

export type Name = ClaimView['name'];
type View<Of extends Name> = Extract<ClaimView, { readonly name: Of }>;

export interface StateProps<Of extends Name = Name> {
  readonly view: View<Of>;
  /** What is under way. */
  readonly running: ClaimAct | undefined;
  readonly onRun: (act: ClaimAct) => Promise<void>;
  readonly onView: (view: ClaimView) => void;
}

/** To the minute: people compare it with when they opened the link. */
export function Moment({ at }: { readonly at: string }) {
  return <time dateTime={at}>{formatExact(at, serverNow())}</time>;
}
