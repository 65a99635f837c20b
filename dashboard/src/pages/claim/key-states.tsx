import { Button } from '../../components/button.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { Notice } from '../../components/notice.tsx';
import { SecretView } from '../../components/secret-view.tsx';
import { SupportLink } from '../../components/support-link.tsx';
import { useConfig } from '../../config-context.ts';
import { Moment, type StateProps } from './state-parts.tsx';

/** Before, while and after the key is shown. */

export function Ready({ running, onRun }: StateProps<'ready'>) {
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
      <div className="actions">
        <Button look="primary" isBusy={running === 'claim'} onClick={() => void onRun('claim')}>
          Show my API key
        </Button>
      </div>
      <p className="claim-apart">
        You did not ask for a key? Leave it closed and tell <SupportLink />.
      </p>
    </>
  );
}

export function Key({ view: { apiKey, repeatableUntil }, onView }: StateProps<'key'>) {
  const { apiUrl } = useConfig();
  return (
    <>
      <p>Store it now. Whoever has it can call the API in your name.</p>
      <SecretView apiKey={apiKey} name="API key" copyLook="primary" />
      {repeatableUntil !== undefined && (
        <Notice tone="warn" icon="clock">
          <p>
            Until <Moment at={repeatableUntil} /> this page can show it again, as long as it stays open. After
            that nobody can, not even we.
          </p>
        </Notice>
      )}
      <div className="actions">
        <Button
          icon="tick"
          onClick={() =>
            onView({ name: 'stored', ...(repeatableUntil === undefined ? {} : { repeatableUntil }) })
          }
        >
          I have stored it
        </Button>
      </div>
      <h2>Keep it secret</h2>
      <ul>
        <li>
          Keep it out of source code, web pages, chats and mails; let your application read it from a secret
          store.
        </li>
        <li>
          Should it ever leak, tell <SupportLink />: it can be replaced at once.
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

export function Stored({ view: { repeatableUntil }, running, onRun }: StateProps<'stored'>) {
  return (
    <>
      <p>The key is gone from this page. You can close this tab.</p>
      {repeatableUntil !== undefined && (
        <p className="soft">
          Not stored after all? Until <Moment at={repeatableUntil} /> this page can show it again.
        </p>
      )}
      <div className="actions">
        <Button isBusy={running === 'claim'} onClick={() => void onRun('claim')}>
          Show it again
        </Button>
        <DashboardLink />
      </div>
    </>
  );
}

/** The page loads anew: only then is it found out who is signed in. */
function DashboardLink() {
  return (
    <a className="button button-quiet" href="/">
      Go to your dashboard
    </a>
  );
}
