import { Button } from '../../components/button.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { Notice } from '../../components/notice.tsx';
import { SecretView } from '../../components/secret-view.tsx';
import { SupportLink } from '../../components/support-link.tsx';
import { useConfig } from '../../config-context.ts';
import type { StateProps } from './state-parts.tsx';

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
        <li>It is shown this once: after that nobody can see it again, not even we.</li>
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

export function Key({ view: { apiKey }, running, onRun }: StateProps<'key'>) {
  const { apiUrl } = useConfig();
  return (
    <>
      <p>Store it now. Whoever has it can call the API in your name.</p>
      <SecretView apiKey={apiKey} name="API key" copyLook="primary" />
      <Notice tone="warn" icon="warning">
        <p>Once you say that you have stored it, or leave this page, nobody can see it again, not even we.</p>
      </Notice>
      <div className="actions">
        <Button icon="tick" isBusy={running === 'store'} onClick={() => void onRun('store')}>
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

export function Stored() {
  return (
    <>
      <p>The key is gone from this page, and kept here no more. You can close this tab.</p>
      <div className="actions">
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
