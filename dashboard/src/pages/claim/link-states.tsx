import { Button } from '../../components/button.tsx';
import { SupportLink } from '../../components/support-link.tsx';
import { Moment, type StateProps } from './state-parts.tsx';

/** There is no key to be shown: what became of the link, and what to do next. */

export function Expired({ view: { expiredAt }, running, onRun }: StateProps<'expired'>) {
  return (
    <>
      {expiredAt !== undefined && (
        <p>
          It expired on <Moment at={expiredAt} />, and nobody opened it.
        </p>
      )}
      <p>We can mail you a new one. It goes to the address that the key belongs to.</p>
      <div className="actions">
        <Button look="primary" isBusy={running === 'renew'} onClick={() => void onRun('renew')}>
          Mail me a new link
        </Button>
      </div>
    </>
  );
}

export function Replaced({ running, onRun }: StateProps<'replaced'>) {
  return (
    <>
      <p>Look for the newest mail about your key: only the link in that one works.</p>
      <p>It is not in your inbox or your spam folder? We can mail you another.</p>
      <div className="actions">
        <Button isBusy={running === 'renew'} onClick={() => void onRun('renew')}>
          Mail me a new link
        </Button>
      </div>
    </>
  );
}

export function Renewed() {
  return (
    <>
      <p>
        If this link belongs to a key that still waits for its owner, a new link is on its way to the owner’s
        address.
      </p>
      <ul>
        <li>It can take a few minutes. Open the newest mail.</li>
        <li>
          No mail within 15 minutes? Look into your spam folder, then write to <SupportLink />.
        </li>
      </ul>
    </>
  );
}

export function Revoked() {
  return (
    <>
      <p>It no longer works, so there is nothing left to show.</p>
      <p>
        If you need a key, <a href="/keys">make one in your dashboard</a>. If you have no account, or did not
        expect this, write to <SupportLink />.
      </p>
    </>
  );
}

export function Garbled() {
  return (
    <>
      <p>Some mail programs break long links in two. To get the whole one:</p>
      <ol>
        <li>Go back to the mail.</li>
        <li>
          Copy the link from <code>https://</code> to its very end, over the end of the line too.
        </li>
        <li>Paste it into the address bar of your browser.</li>
      </ol>
      <p>
        It still does not open? Write to <SupportLink />. Do not send the link along: it is as good as the
        key.
      </p>
    </>
  );
}

export function Empty() {
  return (
    <>
      <p>
        The address of this page holds no link. If there was one, it was taken out of the address at once, so
        that nobody finds it there later; a page that is loaded again no longer has it.
      </p>
      <ul>
        <li>
          You have not seen the key? Then nothing was opened: open the link in your mail again, to its very
          end.
        </li>
        <li>You have stored it? Then all is well, and you can close this tab.</li>
        <li>
          You saw it and did not store it? It is not shown a second time: <a href="/keys">rotate it</a> in
          your dashboard to get another, or ask <SupportLink />.
        </li>
      </ul>
    </>
  );
}
