import { Link } from 'wouter';
import { useApi, useRefresh } from '../../api/queries.ts';
import type { Account, TierName, TierOffer } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { useAnnounce } from '../../components/announcer.tsx';
import { Button } from '../../components/button.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { formatNumber } from '../../rules/formats.ts';
import { tierPrice, tierTitle } from '../../rules/tier-words.ts';

/** The first choice: what begins at once, and what is paid by card. What somebody approves is on the plan's page. */
export function ChooseTier({ account }: { readonly account: Account }) {
  const api = useApi();
  const refresh = useRefresh();
  const announce = useAnnounce();
  const action = useAction((tier: TierName) => api.chooseTier({ tier }));

  async function choose(tier: TierName): Promise<void> {
    const change = await action.run(tier);
    if (change?.checkout !== undefined) window.location.assign(change.checkout.url);
    else if (change !== undefined) {
      announce(`Your tier is ${tierTitle(change.tier)}.`);
      await refresh();
    }
  }

  const offers = account.tiers.filter(({ payment }) => payment !== 'approval');
  return (
    <>
      <ul className="offers">
        {offers.map((offer) => (
          <li key={offer.name}>
            <Offer offer={offer} isBusy={action.isRunning} onChoose={() => void choose(offer.name)} />
          </li>
        ))}
      </ul>
      {action.problem !== undefined && <ProblemView problem={action.problem} />}
      <p className="soft small">
        You can change at any time, and no choice is lost. More than that?{' '}
        <Link href="/plan">Compare all tiers</Link>.
      </p>
    </>
  );
}

interface OfferProps {
  readonly offer: TierOffer;
  readonly isBusy: boolean;
  readonly onChoose: () => void;
}

function Offer({ offer, isBusy, onChoose }: OfferProps) {
  const { name, requestsPerMonth, ratePerSecond, burst, payment, available, unavailableBecause } = offer;
  const isFree = payment === 'none';
  return (
    <div className="offer">
      <h4>{tierTitle(name)}</h4>
      <p className="offer-price">{tierPrice(offer)}</p>
      <ul>
        <li>{formatNumber(requestsPerMonth)} requests a month</li>
        <li>
          {formatNumber(ratePerSecond)} a second, {formatNumber(burst)} at once
        </li>
        <li>{isFree ? 'No card needed' : 'By card, ends whenever you like'}</li>
      </ul>
      {available ? (
        <Button look={isFree ? 'primary' : 'plain'} isBusy={isBusy} onClick={onChoose}>
          {isFree ? `Start with ${tierTitle(name)}` : `Continue with ${tierTitle(name)}`}
        </Button>
      ) : (
        <p className="soft small">{unavailableBecause}</p>
      )}
    </div>
  );
}
