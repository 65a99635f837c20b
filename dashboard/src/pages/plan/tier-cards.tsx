import { type ReactNode, useId } from 'react';
import type { Account, TierName, TierOffer } from '../../api/types.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { SupportLink } from '../../components/support-link.tsx';
import { When } from '../../components/when.tsx';
import { formatMoney, formatNumber } from '../../rules/formats.ts';
import { choiceOf, type TierChoice } from '../../rules/tier-standing.ts';
import { tierTitle } from '../../rules/tier-words.ts';
import type { Asked } from './plan-page.tsx';

interface TierCardsProps {
  readonly account: Account;
  readonly onChoose: (asked: Asked) => void;
}

/** All tiers side by side, with what choosing each would do. */
export function TierCards({ account, onChoose }: TierCardsProps) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>All tiers</h2>
      <ul className="tiers">
        {account.tiers.map((offer) => (
          <TierCard key={offer.name} offer={offer} account={account} onChoose={onChoose} />
        ))}
      </ul>
      <p className="soft small tiers-note">
        Requests are counted for the whole account, with all its keys, and start again with each month in UTC.
        A change of tier leaves keys and count as they are.
      </p>
    </section>
  );
}

function TierCard({ offer, account, onChoose }: TierCardsProps & { readonly offer: TierOffer }) {
  const id = useId();
  const choice = choiceOf(account, offer);
  const isPresent = offer.name === account.tier;
  const { requestsPerMonth, ratePerSecond, burst } = offer;
  return (
    <li className={isPresent ? 'card tier tier-present' : 'card tier'}>
      <div className="tier-head">
        <h3>{tierTitle(offer.name)}</h3>
        {isPresent && <Badge tone="accent">Your tier</Badge>}
      </div>
      <p className="tier-price">{priceOf(offer)}</p>
      <p className="soft">{goodFor(offer)}</p>
      <div>
        <p className="soft small" id={`${id}-limits`}>
          Requests
        </p>
        <dl className="tier-limits" aria-labelledby={`${id}-limits`}>
          <Limit of="a month" value={requestsPerMonth} />
          <Limit of="a second, on average" value={ratePerSecond} />
          <Limit of="at once" value={burst} />
        </dl>
      </div>
      <div className="tier-foot">
        <Foot offer={offer} choice={choice} onChoose={() => onChoose({ offer, choice })} />
      </div>
    </li>
  );
}

function Limit({ of, value }: { readonly of: string; readonly value: number }) {
  return (
    <div>
      <dt>{of}</dt>
      <dd>{formatNumber(value)}</dd>
    </div>
  );
}

interface FootProps {
  readonly offer: TierOffer;
  readonly choice: TierChoice;
  readonly onChoose: () => void;
}

function Foot({ offer, choice, onChoose }: FootProps): ReactNode {
  const title = tierTitle(offer.name);
  switch (choice.kind) {
    case 'present':
      return null;
    case 'by-contract':
      return (
        <p className="soft">
          Your contract holds. To change it, write to <SupportLink />.
        </p>
      );
    case 'unavailable':
      return <p className="soft">It cannot be chosen now. {choice.because}</p>;
    case 'pay':
      return (
        // The notice above has the button that matters.
        <Button look={choice.isAgain ? 'plain' : 'primary'} onClick={onChoose}>
          {choice.isAgain ? `Pay for ${title} again` : `Choose ${title}`}
        </Button>
      );
    case 'pay-on':
      return (
        <>
          <Button look="primary" onClick={onChoose}>
            Go on paying
          </Button>
          <p className="soft small">
            You began to pay. The page at Stripe waits until <When at={choice.expiresAt} as="time" />.
          </p>
        </>
      );
    case 'end-and-pay':
      return <Button onClick={onChoose}>Pay for {title} again</Button>;
    case 'keep':
      return (
        <Button look="primary" onClick={onChoose}>
          Keep {title}
        </Button>
      );
    case 'end-at':
    case 'end-now':
      return <Button onClick={onChoose}>Change to {title}</Button>;
    case 'ending':
      return (
        <p className="soft">
          Begins <When at={choice.at} />.
        </p>
      );
    case 'ask':
      return <Button onClick={onChoose}>Ask for {title}</Button>;
    case 'asked':
      return <p className="soft">You asked for it. The answer comes by mail.</p>;
  }
}

function priceOf({ pricePerMonth, payment }: TierOffer): ReactNode {
  if (pricePerMonth === undefined || payment === 'approval') return <strong>By contract</strong>;
  return (
    <>
      <strong>{formatMoney(pricePerMonth)}</strong> a month
    </>
  );
}

function goodFor({ name, requestsPerMonth }: TierOffer): string {
  const perDay = formatNumber(roughly(requestsPerMonth / 31));
  const uses: Readonly<Record<TierName, string>> = {
    free: `To try it out: about ${perDay} requests a day. No card needed.`,
    pro: `For a product in use: about ${perDay} requests a day. By card; end it at any time.`,
    enterprise: `For large volumes: about ${perDay} requests a day. You ask, and we answer.`,
  };
  return uses[name];
}

/** Two digits are enough to compare. */
function roughly(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.floor(value / unit) * unit;
}
