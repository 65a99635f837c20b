import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useOpenAlerts } from '../../api/queries.ts';
import type { Account, AccountAlert, AccountKey } from '../../api/types.ts';
import type { Tone } from '../../components/badge.tsx';
import { LinkButton } from '../../components/button.tsx';
import type { IconName } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { SupportLink } from '../../components/support-link.tsx';
import { When } from '../../components/when.tsx';
import { alertTitle, severityWords } from '../../rules/alert-words.ts';
import { type Attention, attentionOf, type Urgency } from '../../rules/attention.ts';
import { formatCount, formatNumber } from '../../rules/formats.ts';
import { tierTitle } from '../../rules/tier-words.ts';
import { useNow } from '../../time/clock.ts';
import { ClaimButton } from '../keys/claim-button.tsx';
import { WhySuspended } from '../keys/key-status.tsx';

/** What needs attention, the most urgent first; nothing at all where all is well. */
export function AttentionList({
  account,
  keys,
}: {
  readonly account: Account;
  readonly keys: readonly AccountKey[];
}) {
  const now = useNow();
  const { data: alerts } = useOpenAlerts();
  const all = attentionOf(account, keys, now, alerts);
  if (all.length === 0) return null;
  return (
    <section aria-labelledby="attention">
      <h2 id="attention" className="sr-only">
        What needs your attention
      </h2>
      <ul className="attention">
        {all.map((each) => (
          <li key={idOf(each)}>
            <Item attention={each} account={account} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const tones: Readonly<Record<Urgency, Tone>> = { act: 'danger', look: 'warn', know: 'accent' };

function idOf(attention: Attention): string {
  const version = 'secret' in attention ? attention.secret.version : '';
  const alert = attention.kind === 'alert' ? attention.alert.alertId : '';
  return [attention.kind, 'key' in attention ? attention.key.keyId : '', version, alert].join(' ');
}

function Item({ attention, account }: { readonly attention: Attention; readonly account: Account }) {
  const { title, text, icon, action } = wordsFor(attention, account);
  return (
    <Notice
      tone={tones[attention.urgency]}
      title={title}
      {...(icon === undefined ? {} : { icon })}
      {...(action === undefined ? {} : { actions: action })}
    >
      {text}
    </Notice>
  );
}

interface Words {
  readonly title: string;
  readonly text: ReactNode;
  readonly icon?: IconName;
  readonly action?: ReactNode;
}

function wordsFor(attention: Attention, account: Account): Words {
  switch (attention.kind) {
    case 'payment-reversed':
      return {
        title: 'Your keys are stopped: a payment was taken back',
        text: (
          <p>
            A {attention.how === 'refund' ? 'refund' : 'dispute'} of <When at={attention.at} as="date" /> took
            the payment back. Your keys work again once another payment is made.
          </p>
        ),
        icon: 'card',
        action: toPlan,
      };
    case 'payment-missing':
      return {
        title: 'A payment is missing',
        text: (
          <p>
            The payment due <When at={attention.failedAt} as="date" /> could not be charged to your card.
            Everything works as before, but unless it is paid, {tierTitle(account.tier)} ends
            {attention.graceEndsAt === undefined ? (
              ' soon'
            ) : (
              <>
                {' '}
                <When at={attention.graceEndsAt} />
              </>
            )}
            .
          </p>
        ),
        icon: 'card',
        action: toPlan,
      };
    case 'mail-undeliverable':
      return {
        title: 'Mails do not reach you',
        text: (
          <p>
            {attention.cause === 'bounce' ? 'Mail to' : 'Our mail was reported as spam by'} {account.email}{' '}
            {attention.cause === 'bounce' && 'came back '}(<When at={attention.at} as="date" />
            ), so none is sent. New secrets wait for you here; to be told of them again, ask <SupportLink />.
          </p>
        ),
        icon: 'mail',
      };
    case 'key-suspended':
      return {
        title: `${attention.key.name} is suspended: its requests are refused`,
        text: attention.causes.map((cause) => (
          <WhySuspended key={cause} cause={cause} suspension={attention.key.suspensions[cause]} />
        )),
        action: toKey(attention.key),
      };
    case 'alert':
      return alertWords(attention.alert);
    case 'more-alerts':
      return {
        title: `${formatCount(attention.count, 'more alert is', 'more alerts are')} open`,
        text: null,
        icon: 'bell',
        action: toAlerts,
      };
    case 'secret-lost':
      return {
        title: `The newest secret of ${attention.key.name} was never taken`,
        text: <p>It waited for you and has ended. Rotate the key to get another.</p>,
        icon: 'key',
        action: toKey(attention.key),
      };
    case 'secret-waits':
      return {
        title: `A secret of ${attention.key.name} waits for you`,
        text: (
          <p>
            It can be shown once, here{account.undeliverable === undefined && ' or by the link in your mail'}.
            It ends <When at={attention.secret.expiresAt} />.
          </p>
        ),
        icon: 'key',
        action: <ClaimButton keyToClaim={attention.key} isSmall />,
      };
    case 'old-secret-used':
      return {
        title: `The old secret of ${attention.key.name} is still in use`,
        text: (
          <p>
            It was last used{' '}
            {attention.secret.lastUsedAt !== undefined && <When at={attention.secret.lastUsedAt} as="past" />}
            , and stops <When at={attention.secret.retiresAt} />. Whatever uses it needs the new one by then.
          </p>
        ),
        icon: 'clock',
        action: toKey(attention.key),
      };
    case 'rotation-due':
      return {
        title: `${attention.key.name} rotates soon`,
        text: (
          <p>
            It rotates <When at={attention.rotatesAt} />: a new secret then waits for you here, and the old
            one goes on for a while. Rotate it now, if that suits you better.
          </p>
        ),
        icon: 'rotate',
        action: toKey(attention.key),
      };
    case 'quota-used-up':
      return {
        title: 'This month’s requests are used up',
        text: (
          <p>
            Further ones are refused until the count starts again <When at={attention.resetsAt} />. A larger
            tier takes effect at once.
          </p>
        ),
        icon: 'usage',
        action: toPlan,
      };
    case 'quota-nearly':
      return {
        title: `${formatNumber(attention.remaining)} requests are left this month`,
        text: (
          <p>
            The count starts again <When at={attention.resetsAt} />. A larger tier takes effect at once.
          </p>
        ),
        icon: 'usage',
        action: toPlan,
      };
    case 'checkout-waits':
      return {
        title: 'A payment waits for you',
        text: (
          <p>
            Your tier begins once it is paid. The page is good for a while: it ends{' '}
            <When at={attention.expiresAt} />.
          </p>
        ),
        icon: 'card',
        action: (
          <a className="button button-plain button-small" href={attention.url}>
            Go on with the payment
          </a>
        ),
      };
    case 'tier-ends':
      return {
        title: `${tierTitle(account.tier)} ends, as you wished`,
        text: (
          <p>
            <When at={attention.at} />: from then on you have the free tier. Until then you can take it back.
          </p>
        ),
        icon: 'plan',
        action: toPlan,
      };
  }
}

function alertWords(alert: AccountAlert): Words {
  const { alertId, severity, keyName, explanation } = alert;
  const about = keyName === undefined ? '' : `${keyName}: `;
  return {
    title: `${severityWords[severity]}: ${alertTitle(alert)}`,
    text: (
      <p>
        {about}
        {explanation}
      </p>
    ),
    action: (
      <Link href={`/alerts/${alertId}`} className="button button-plain button-small">
        <span>
          See the alert<span className="sr-only">: {alertTitle(alert)}</span>
        </span>
      </Link>
    ),
  };
}

const toAlerts = (
  <LinkButton to="/alerts" isSmall>
    See all alerts
  </LinkButton>
);

const toPlan = (
  <LinkButton to="/plan" isSmall>
    See your plan
  </LinkButton>
);

function toKey({ keyId, name }: AccountKey): ReactNode {
  return (
    <Link href={`/keys/${keyId}`} className="button button-plain button-small">
      <span>
        See the key<span className="sr-only"> {name}</span>
      </span>
    </Link>
  );
}
