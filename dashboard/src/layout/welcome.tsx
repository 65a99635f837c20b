import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import { Notice } from '../components/notice.tsx';
import { Page } from '../components/page.tsx';
import { useConfig } from '../config-context.ts';
import type { SignInTrouble } from '../session/session.ts';
import { useSession } from '../session/session-context.tsx';
import { Footer } from './footer.tsx';

const troubles: Readonly<Record<SignInTrouble, readonly [title: string, detail: string]>> = {
  ended: ['Please sign in again', 'You were signed in here before; that session has ended.'],
  refused: ['You were not signed in', 'The sign-in was cancelled. Try again whenever you like.'],
  failed: [
    'The sign-in did not work',
    'The sign-in page gave an answer that this page does not know. Try again; if it goes on, ask support.',
  ],
  unreachable: [
    'The sign-in page could not be reached',
    'Check your connection to the internet and the service status, then try again.',
  ],
};

/** What a stranger sees: what this is, and the one button that leads in. */
export function Welcome({ because }: { readonly because: SignInTrouble | undefined }) {
  const { product } = useConfig();
  const session = useSession();
  const [isLeaving, setIsLeaving] = useState(false);

  async function signIn(): Promise<void> {
    setIsLeaving(true);
    await session.signIn();
    setIsLeaving(false);
  }

  return (
    <div className="welcome">
      <main id="content">
        <span className="brand-mark brand-mark-large">
          <Icon name="key" size={28} />
        </span>
        <Page
          title={`Your API keys for ${product}`}
          intro="Make a key in a minute, see what it is used for, and get a fresh one before the old one ends."
        >
          {because !== undefined && (
            <Notice tone={because === 'ended' ? 'plain' : 'warn'} title={troubles[because][0]} role="status">
              <p>{troubles[because][1]}</p>
            </Notice>
          )}
          <div className="actions">
            <Button look="primary" isBusy={isLeaving} onClick={() => void signIn()}>
              Sign in or create an account
            </Button>
          </div>
          <ol className="welcome-steps">
            <li>
              <Icon name="mail" />
              <span>Sign up with your e-mail address.</span>
            </li>
            <li>
              <Icon name="plan" />
              <span>Choose a tier. The free one begins at once, and asks for no card.</span>
            </li>
            <li>
              <Icon name="key" />
              <span>Make a key, and call the API with it.</span>
            </li>
          </ol>
          <p className="soft">New here? The same button leads you to the page where you sign up.</p>
        </Page>
      </main>
      <Footer />
    </div>
  );
}
