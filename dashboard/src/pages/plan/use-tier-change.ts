import { useCallback, useEffect, useState } from 'react';
import { useApi, useRefresh } from '../../api/queries.ts';
import type { ChooseTier, TierChange } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { useAnnounce } from '../../components/announcer.tsx';
import { formatDate } from '../../rules/formats.ts';
import type { Problem } from '../../rules/problem.ts';
import { tierTitle } from '../../rules/tier-words.ts';
import { serverNow } from '../../time/clock.ts';

export interface TierChanger {
  /**
   * Chooses tiers, one after the other, and leads to Stripe's page where the last one is to be paid.
   * @param told what to say instead of the outcome's own words
   * @returns whether it worked
   */
  readonly change: (steps: readonly ChooseTier[], told?: string) => Promise<boolean>;
  /** Under way, or on the way to Stripe. */
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  readonly reset: () => void;
}

export function useTierChange(): TierChanger {
  const api = useApi();
  const refresh = useRefresh();
  const announce = useAnnounce();
  const { isLeaving, leave } = useLeaving();
  const { run, isRunning, problem, reset } = useAction(async (steps: readonly ChooseTier[]) => {
    let outcome: TierChange | undefined;
    for (const step of steps) outcome = await api.chooseTier(step);
    return outcome;
  });
  const change = async (steps: readonly ChooseTier[], told?: string): Promise<boolean> => {
    const outcome = await run(steps);
    if (outcome?.checkout !== undefined) {
      leave(outcome.checkout.url);
      return true;
    }
    // Where it failed, too: an earlier step may have worked.
    await refresh();
    if (outcome === undefined) return false;
    announce(told ?? wordsOf(outcome));
    return true;
  };
  return { change, isBusy: isRunning || isLeaving, problem, reset };
}

/** To a page of Stripe's, in this window. Whoever comes back by the Back button finds the page ready again. */
export function useLeaving(): { readonly isLeaving: boolean; readonly leave: (url: string) => void } {
  const [isLeaving, setIsLeaving] = useState(false);
  useEffect(() => {
    const comeBack = (event: PageTransitionEvent) => {
      if (event.persisted) setIsLeaving(false);
    };
    window.addEventListener('pageshow', comeBack);
    return () => window.removeEventListener('pageshow', comeBack);
  }, []);
  const leave = useCallback((url: string) => {
    setIsLeaving(true);
    window.location.assign(url);
  }, []);
  return { isLeaving, leave };
}

function wordsOf({ outcome, tier, changesAt }: TierChange): string {
  switch (outcome) {
    case 'changed':
      return `Your tier is ${tierTitle(tier)} now.`;
    case 'requested':
      return 'Your request is sent. The answer comes by mail.';
    case 'ends-with-period':
      return `${tierTitle(tier)} ends ${changesAt === undefined ? 'with what is paid' : `on ${formatDate(changesAt, serverNow())}`}.`;
    case 'goes-on':
      return `${tierTitle(tier)} goes on.`;
    case 'unchanged':
    case 'payment-required':
      return `Your tier is ${tierTitle(tier)}; nothing had to be changed.`;
  }
}
