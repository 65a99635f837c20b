import type { ReactNode } from 'react';
import type { Account, TierOffer } from '../../api/types.ts';
import { When } from '../../components/when.tsx';
import { formatCount, formatDate, formatMoney, formatNumber } from '../../rules/formats.ts';
import { overLimitAfter, type TierChoice } from '../../rules/tier-standing.ts';
import { tierTitle } from '../../rules/tier-words.ts';
import { useNow } from '../../time/clock.ts';

export interface Confirmation {
  readonly title: string;
  readonly button: string;
  /** It ends something at once. */
  readonly isSevere: boolean;
}

export function confirmationOf({ name }: TierOffer, { kind }: TierChoice): Confirmation {
  const title = tierTitle(name);
  const to = (words: string, button: string, isSevere = false) => ({ title: words, button, isSevere });
  switch (kind) {
    case 'pay':
    case 'pay-on':
      return to(`Pay for ${title}`, 'Go to payment');
    case 'end-and-pay':
      return to(`Pay for ${title} again`, 'End it, and pay again');
    case 'keep':
      return to(`Keep ${title}`, `Keep ${title}`);
    case 'end-now':
      return to(`Change to ${title} now?`, `Change to ${title} now`, true);
    case 'ask':
      return to(`Ask for ${title}`, 'Send the request');
    default:
      return to(`Change to ${title}?`, `Change to ${title}`);
  }
}

interface ChangeWordsProps {
  readonly account: Account;
  readonly offer: TierOffer;
  readonly choice: TierChoice;
}

/** What a choice does, step by step. */
export function ChangeWords({ account, offer, choice }: ChangeWordsProps): ReactNode {
  const now = useNow();
  const title = tierTitle(offer.name);
  const present = tierTitle(account.tier);
  switch (choice.kind) {
    case 'pay':
      return (
        <ol className="change-steps">
          <PaySteps offer={offer} />
          <li>
            {choice.isAgain
              ? 'Your keys work again as soon as it is paid.'
              : `Your keys stay, with the new limits at once. Of the ${formatCount(offer.requestsPerMonth, 'request')} this month, ${formatNumber(account.usage.total)} are used.`}
          </li>
        </ol>
      );
    case 'pay-on':
      return (
        <ol className="change-steps">
          <PaySteps offer={offer} />
          <li>
            This page at Stripe waits until <When at={choice.expiresAt} as="time" />.
          </li>
        </ol>
      );
    case 'end-and-pay':
      return (
        <ol className="change-steps">
          <li>
            {present} ends now: what paid for it was taken back. Until you have paid again your tier is Free,
            and your keys stay suspended.
          </li>
          <PaySteps offer={offer} />
          <li>Your keys work again as soon as it is paid.</li>
          <OpenRequest account={account} />
        </ol>
      );
    case 'keep':
      return (
        <p>
          The cancellation is taken back: {title} goes on, and the next payment is made{' '}
          <When at={choice.at} />. Nothing is charged today.
        </p>
      );
    case 'end-at':
      return (
        <ol className="change-steps">
          <li>
            {Date.parse(choice.at) > now ? (
              <>
                {present} goes on until <When at={choice.at} as="time" />, which is paid. Nothing more is
                charged.
              </>
            ) : (
              <>{present} goes on to the end of what is paid, and is not renewed after that.</>
            )}
          </li>
          <li>
            Then {title} begins: {limitsOf(offer)}. Your keys and the count of the month stay.{' '}
            <OverLimit account={account} offer={offer} at={choice.at} />
          </li>
          <li>Until then you can change your mind here.</li>
          <OpenRequest account={account} />
        </ol>
      );
    case 'end-now':
      return (
        <ol className="change-steps">
          <li>{whyNow(account)}</li>
          <li>
            {title} begins at once: {limitsOf(offer)}. Your keys and the count of the month stay.{' '}
            <OverLimit account={account} offer={offer} />
          </li>
          <OpenRequest account={account} />
        </ol>
      );
    case 'ask':
      return (
        <p>
          {title} allows {limitsOf(offer)}, by contract. Somebody reads your request and answers by mail;
          until then nothing changes, and nothing is charged.
        </p>
      );
    default:
      return null;
  }
}

function PaySteps({ offer }: { readonly offer: TierOffer }) {
  const price = offer.pricePerMonth === undefined ? 'the price' : formatMoney(offer.pricePerMonth);
  return (
    <>
      <li>
        You go to Stripe’s page and pay {price} by card, for one month. Nothing is charged before you confirm
        there.
      </li>
      <li>
        {tierTitle(offer.name)} begins when the payment is confirmed, usually within seconds, and renews each
        month until you end it.
      </li>
    </>
  );
}

/** Whoever chooses the free tier wants no other. */
function OpenRequest({ account: { request } }: { readonly account: Account }) {
  if (request?.status !== 'open') return null;
  return <li>Your request for {tierTitle(request.tier)} is taken back as well.</li>;
}

/** Why it ends at once. */
function whyNow({ tier, payment }: Account): string {
  const present = tierTitle(tier);
  if (payment?.reversal !== undefined) {
    return `${present} ends now, for its payment was taken back. Nothing more is charged; your keys stay suspended until another payment is made.`;
  }
  if (payment?.status === 'past-due') {
    return `${present} ends now. The payment that is missing is not charged any more.`;
  }
  return `${present} ends now. It was given to you: to have it again you would have to pay for it.`;
}

function OverLimit({
  account,
  offer,
  at,
}: {
  readonly account: Account;
  readonly offer: TierOffer;
  readonly at?: string;
}) {
  const now = useNow();
  const { total, resetsAt } = account.usage;
  const limit = formatNumber(offer.requestsPerMonth);
  switch (overLimitAfter(account, offer.requestsPerMonth, at)) {
    case 'yes':
      return (
        <strong>
          You have used {formatNumber(total)} this month, and {limit} are allowed then: requests will be
          refused until {formatDate(resetsAt, now)}.
        </strong>
      );
    case 'perhaps':
      return (
        <>
          If you have used more than {limit} in that month by then, requests are refused until the next one.
        </>
      );
    case 'no':
      return null;
  }
}

function limitsOf({ requestsPerMonth, ratePerSecond }: TierOffer): string {
  return `${formatCount(requestsPerMonth, 'request')} a month, ${formatNumber(ratePerSecond)} a second`;
}
