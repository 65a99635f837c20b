import type { ReactNode } from 'react';
import { useRef } from 'react';
import type { Tone } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Icon, type IconName } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { saveFile } from '../../components/save-file.ts';
import { useConfig } from '../../config-context.ts';
import type { ClaimAct, ClaimView } from '../../rules/claim.ts';
import { formatDateTime, formatLocalDateTime } from '../../rules/formats.ts';
import { displayOf, secretFile } from '../../rules/secret-file.ts';
import { serverNow } from '../../time/clock.ts';

type Name = ClaimView['name'];
type View<Of extends Name> = Extract<ClaimView, { readonly name: Of }>;

interface StateProps<Of extends Name = Name> {
  readonly view: View<Of>;
  /** What is under way. */
  readonly running: ClaimAct | undefined;
  readonly onRun: (act: ClaimAct) => Promise<void>;
  readonly onView: (view: ClaimView) => void;
}

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

function Ready({ running, onRun }: StateProps<'ready'>) {
  const { product } = useConfig();
  return (
    <>
      <p>
        This link shows your key for {product} <strong>once</strong>. Nothing has been opened so far.
      </p>
      <ul>
        <li>Have a safe place ready: a password manager, or the secret store of your application.</li>
        <li>Make sure that nobody else can see your screen.</li>
        <li>
          For a few minutes this page can show the key again, as long as it stays open; after that nobody can,
          not even we.
        </li>
      </ul>
      <Acts>
        <Button look="primary" isBusy={running === 'claim'} onClick={() => void onRun('claim')}>
          Show my API key
        </Button>
      </Acts>
      <p className="claim-apart">
        You did not ask for a key? Leave it closed and tell <Support />.
      </p>
    </>
  );
}

function Key({ view: { apiKey, repeatableUntil }, onView }: StateProps<'key'>) {
  const { product, apiUrl } = useConfig();
  const shown = useRef<HTMLElement>(null);

  function download(): void {
    const madeAt = new Date(serverNow()).toISOString();
    const file = secretFile(apiKey, { product, name: 'API key', display: displayOf(apiKey), madeAt });
    saveFile(file.name, new Blob([file.content], { type: 'text/plain' }));
  }

  return (
    <>
      <p>Store it now. Whoever has it can call the API in your name.</p>
      <code className="secret" id="api-key" ref={shown} translate="no">
        {apiKey}
      </code>
      <Acts>
        <CopyButton text={apiKey} label="Copy the key" look="primary" source={() => shown.current} />
        <Button icon="download" onClick={download}>
          Download as .env
        </Button>
        <Button
          icon="tick"
          onClick={() =>
            onView({ name: 'stored', ...(repeatableUntil === undefined ? {} : { repeatableUntil }) })
          }
        >
          I have stored it
        </Button>
      </Acts>
      {repeatableUntil !== undefined && (
        <Notice tone="warn" icon="clock">
          <p>
            Until <Moment at={repeatableUntil} /> this page can show it again, as long as it stays open. After
            that nobody can, not even we.
          </p>
        </Notice>
      )}
      <h2>Keep it secret</h2>
      <ul>
        <li>
          Keep it out of source code, web pages, chats and mails; let your application read it from a secret
          store.
        </li>
        <li>
          Should it ever leak, tell <Support />: it can be replaced at once.
        </li>
      </ul>
      <h2>Try it</h2>
      <p>
        With your key in place of <code>YOUR_API_KEY</code>. This call counts against no limit.
      </p>
      <CodeBlock
        title="In a terminal"
        language="shell"
        code={`curl -H 'X-API-Key: YOUR_API_KEY' ${apiUrl}/usage`}
      />
    </>
  );
}

function Stored({ view: { repeatableUntil }, running, onRun }: StateProps<'stored'>) {
  return (
    <>
      <p>The key is gone from this page. You can close this tab.</p>
      {repeatableUntil !== undefined && (
        <p className="soft">
          Not stored after all? Until <Moment at={repeatableUntil} /> this page can show it again.
        </p>
      )}
      <Acts>
        <Button isBusy={running === 'claim'} onClick={() => void onRun('claim')}>
          Show it again
        </Button>
        <DashboardLink />
      </Acts>
    </>
  );
}

function Opened({ view, onView }: StateProps<'opened'>) {
  const { openedAt, isByThisPage } = view;
  return (
    <>
      {openedAt !== undefined && (
        <p>
          It was opened on <Moment at={openedAt} />.
        </p>
      )}
      {isByThisPage && (
        <p>It was this page that opened it. The minutes in which it can show the key again are over.</p>
      )}
      <h2>Was it you?</h2>
      <p>
        Then all is well: use the key that you stored. It cannot be shown a second time. If you no longer have
        it, <a href="/keys">rotate it in your dashboard</a> or ask <Support /> for a new one.
      </p>
      <h2>It was not you?</h2>
      <p>Then someone else may have your key. Stop it now; we mail you a link to a new one.</p>
      <Acts>
        <Button look="danger" onClick={() => onView({ name: 'confirm', opened: view })}>
          That was not me
        </Button>
      </Acts>
    </>
  );
}

function Confirm({ view: { opened }, running, onRun, onView }: StateProps<'confirm'>) {
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
      <Acts>
        <Button look="danger" isBusy={running === 'dispute'} onClick={() => void onRun('dispute')}>
          Stop the key and mail me a new link
        </Button>
        <Button onClick={() => onView(opened)}>Go back</Button>
      </Acts>
    </>
  );
}

function Disputed() {
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
          No mail within 15 minutes? Look into your spam folder, then write to <Support />.
        </li>
      </ul>
    </>
  );
}

function Expired({ view: { expiredAt }, running, onRun }: StateProps<'expired'>) {
  return (
    <>
      {expiredAt !== undefined && (
        <p>
          It expired on <Moment at={expiredAt} />, and nobody opened it.
        </p>
      )}
      <p>We can mail you a new one. It goes to the address that the key belongs to.</p>
      <Acts>
        <Button look="primary" isBusy={running === 'renew'} onClick={() => void onRun('renew')}>
          Mail me a new link
        </Button>
      </Acts>
    </>
  );
}

function Replaced({ running, onRun }: StateProps<'replaced'>) {
  return (
    <>
      <p>Look for the newest mail about your key: only the link in that one works.</p>
      <p>It is not in your inbox or your spam folder? We can mail you another.</p>
      <Acts>
        <Button isBusy={running === 'renew'} onClick={() => void onRun('renew')}>
          Mail me a new link
        </Button>
      </Acts>
    </>
  );
}

function Renewed() {
  return (
    <>
      <p>
        If this link belongs to a key that still waits for its owner, a new link is on its way to the owner’s
        address.
      </p>
      <ul>
        <li>It can take a few minutes. Open the newest mail.</li>
        <li>
          No mail within 15 minutes? Look into your spam folder, then write to <Support />.
        </li>
      </ul>
    </>
  );
}

function Revoked() {
  return (
    <>
      <p>It no longer works, so there is nothing left to show.</p>
      <p>
        If you need a key, <a href="/keys">make one in your dashboard</a>. If you have no account, or did not
        expect this, write to <Support />.
      </p>
    </>
  );
}

function Garbled() {
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
        It still does not open? Write to <Support />. Do not send the link along: it is as good as the key.
      </p>
    </>
  );
}

function Empty() {
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
          your dashboard to get another, or ask <Support />.
        </li>
      </ul>
    </>
  );
}

function Failure({ view: { act, failure, reassurance, requestId }, running, onRun }: StateProps<'failure'>) {
  return (
    <>
      <p>{failure}</p>
      <p>{reassurance}</p>
      <Acts>
        <Button look="primary" isBusy={running !== undefined} onClick={() => void onRun(act)}>
          Try again
        </Button>
      </Acts>
      {requestId !== undefined && (
        <p className="claim-apart">
          For support, the request’s id: <code translate="no">{requestId}</code>
        </p>
      )}
    </>
  );
}

function Acts({ children }: { readonly children: ReactNode }) {
  return <div className="actions claim-actions">{children}</div>;
}

function Support() {
  const { supportAddress } = useConfig();
  return <a href={`mailto:${supportAddress}`}>{supportAddress}</a>;
}

/** The page loads anew: only then is it found out who is signed in. */
function DashboardLink() {
  return (
    <a className="button button-quiet" href="/">
      Go to your dashboard
    </a>
  );
}

/** In UTC, and in the reader's own time where that is another. */
function Moment({ at }: { readonly at: string }) {
  const local = formatLocalDateTime(at);
  return (
    <time dateTime={at}>{formatDateTime(at, serverNow()) + (local === undefined ? '' : ` (${local})`)}</time>
  );
}
