import type { ReactNode } from 'react';
import type { Tone } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Icon, type IconName } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { Key, Ready, Stored } from './key-states.tsx';
import { Empty, Expired, Garbled, Renewed, Replaced, Revoked } from './link-states.tsx';
import type { Name, StateProps } from './state-parts.tsx';
import { Confirm, Disputed, Opened } from './used-states.tsx';

const looks: Readonly<Record<Name, readonly [heading: string, icon: IconName, tone: Tone]>> = {
  ready: ['Your API key is waiting for you', 'key', 'accent'],
  key: ['Your API key', 'key', 'good'],
  stored: ['Done', 'check', 'good'],
  opened: ['This link has been opened already', 'warning', 'warn'],
  confirm: ['Stop this key?', 'shield', 'danger'],
  disputed: ['Thank you for telling us', 'shield', 'good'],
  expired: ['This link has expired', 'clock', 'warn'],
  renewed: ['Look into your mail', 'mail', 'good'],
  replaced: ['A newer link has taken the place of this one', 'rotate', 'warn'],
  revoked: ['This key has been revoked', 'stop', 'danger'],
  garbled: ['This link is not complete', 'warning', 'warn'],
  empty: ['Open the link in your mail', 'mail', 'accent'],
  failure: ['That did not work', 'warning', 'warn'],
};

const states: { readonly [Of in Name]: (props: StateProps<Of>) => ReactNode } = {
  ready: Ready,
  key: Key,
  stored: Stored,
  opened: Opened,
  confirm: Confirm,
  disputed: Disputed,
  expired: Expired,
  renewed: Renewed,
  replaced: Replaced,
  revoked: Revoked,
  garbled: Garbled,
  empty: Empty,
  failure: Failure,
};

/** One state of the page. Each begins at its heading, so that a screen reader tells it and Tab goes on from there. */
export function ClaimState(props: StateProps) {
  const [heading, icon, tone] = looks[props.view.name];
  const State = states[props.view.name] as (props: StateProps) => ReactNode;
  return (
    <div className="card claim-card">
      <span className={`claim-icon tone-${tone}`}>
        <Icon name={icon} size={24} />
      </span>
      <Page title={heading}>
        <State {...props} />
      </Page>
      <p className="sr-only" role="status">
        {props.running !== undefined && 'One moment…'}
      </p>
    </div>
  );
}

function Failure({ view: { act, failure, reassurance, requestId }, running, onRun }: StateProps<'failure'>) {
  return (
    <>
      <p>{failure}</p>
      <p>{reassurance}</p>
      <div className="actions">
        <Button look="primary" isBusy={running !== undefined} onClick={() => void onRun(act)}>
          Try again
        </Button>
      </div>
      {requestId !== undefined && (
        <p className="claim-apart">
          For support, the request’s id: <code translate="no">{requestId}</code>
        </p>
      )}
    </>
  );
}
