import { Button } from '../../components/button.tsx';
import { SupportLink } from '../../components/support-link.tsx';
import { Moment, type StateProps } from './state-parts.tsx';

/** The link was used before: by its owner, or by somebody else. */

export function Opened({ view, onView }: StateProps<'opened'>) {
  const { openedAt } = view;
  return (
    <>
      {openedAt !== undefined && (
        <p>
          It was opened on <Moment at={openedAt} />.
        </p>
      )}
      <h2>Was it you?</h2>
      <p>
        Then all is well: use the key that you stored. It cannot be shown a second time. If you no longer have
        it, <a href="/keys">rotate it in your dashboard</a> or ask <SupportLink /> for a new one.
      </p>
      <h2>It was not you?</h2>
      <p>Then someone else may have your key. Stop it now; we mail you a link to a new one.</p>
      <div className="actions">
        <Button look="danger" onClick={() => onView({ name: 'confirm', opened: view })}>
          That was not me
        </Button>
      </div>
    </>
  );
}

export function Confirm({ view: { opened }, running, onRun, onView }: StateProps<'confirm'>) {
  return (
    <>
      <p>If you go on:</p>
      <ul>
        <li>
          The key that was shown <strong>stops working immediately</strong>, in your own applications too.
        </li>
        <li>A new key is made, and a link to it is mailed to your address.</li>
        <li>It cannot be undone.</li>
      </ul>
      <div className="actions">
        <Button look="danger" isBusy={running === 'dispute'} onClick={() => void onRun('dispute')}>
          Stop the key and mail me a new link
        </Button>
        <Button onClick={() => onView(opened)}>Go back</Button>
      </div>
    </>
  );
}

export function Disputed() {
  return (
    <>
      <p>
        If this link was the key’s current one, the key that was shown has stopped working, and a link to a
        new one is on its way to your address.
      </p>
      <ul>
        <li>Put the new key into your applications.</li>
        <li>Consider who else can read your mail, and change its password.</li>
        <li>
          No mail within 15 minutes? Look into your spam folder, then write to <SupportLink />.
        </li>
      </ul>
    </>
  );
}
