import type { AboutAccount, TierAndLimit } from '../rules/account-mail.ts';
import { type Block, button, type Phrase, paragraph, say } from './letter.ts';
import { capitalized, counted, thousands } from './wording.ts';

/** What several mails about accounts and payments say, in the same words. */

/** `Pro`, as a mail names a tier. */
export const tierName = ({ tier }: Pick<TierAndLimit, 'tier'>): string => capitalized(tier);

/** `10,000 requests/month` */
export const limitName = ({ requestsPerMonth }: Pick<TierAndLimit, 'requestsPerMonth'>): string =>
  `${counted(requestsPerMonth, 'request')}/month`;

/** The account as support finds it, its tier and its limit. */
export function accountFacts(mail: AboutAccount): Block {
  return {
    kind: 'facts',
    rows: [
      { label: 'Account', value: say`${mail.subscriptionId}` },
      { label: 'Tier', value: say`${tierName(mail)}` },
      { label: 'Limit', value: say`${limitName(mail)}` },
    ],
  };
}

/** Where an owner pays, changes the card, cancels and chooses another tier. */
export function planButton(label: string, { dashboardUrl }: AboutAccount): Block {
  return button(label, `${dashboardUrl}/plan`);
}

export function dashboardButton(label: string, { dashboardUrl }: AboutAccount): Block {
  return button(label, dashboardUrl);
}

/** What a higher tier does, and what it does not. */
export function whatStaysOnTheWayUp({ endsPayments }: { readonly endsPayments: boolean }): Phrase[] {
  return [
    say`Your keys stay as they are: nothing has to be replaced.`,
    say`The requests of this month stay counted, and the new limit holds at once.`,
    ...(endsPayments
      ? [
          say`The payments for your former tier end. What you paid and have not used becomes credit at our payment provider.`,
        ]
      : []),
  ];
}

/** What a fall to a lower tier is going to do, and what it is not. */
export function whatStays(lower: TierAndLimit): Phrase[] {
  return [
    say`Your keys stay as they are.`,
    say`The requests of this month stay counted. If there are ${thousands(lower.requestsPerMonth)} or more by then, further ones are refused until the next month begins (UTC).`,
  ];
}

export function cardAdvice(): Block {
  return paragraph(
    say`We never ask for a card number or a password by mail. Whoever does, about this payment or otherwise, is not us.`,
  );
}
