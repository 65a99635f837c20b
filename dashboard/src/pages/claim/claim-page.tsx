import { useCallback, useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { newNonce, postClaim } from '../../api/claims.ts';
import { Icon } from '../../components/icon.tsx';
import { useConfig } from '../../config-context.ts';
import { Footer } from '../../layout/footer.tsx';
import { type ClaimAct, type ClaimView, firstView, viewAfter } from '../../rules/claim.ts';
import { claimFragment, takeClaimLink } from './claim-link.ts';
import { ClaimState } from './claim-states.tsx';
import './claim.css';

/**
 * Where the one-time links of mails lead. It needs neither an account nor a sign-in, and keeps:
 * - no request before a click: scanners of mail open links, and run scripts too;
 * - the link's token leaves in the body of a POST to the API only;
 * - token, nonce and key are in the memory of this page, and gone with it.
 */
export default function ClaimPage() {
  const { product } = useConfig();
  const [link, setLink] = useState({ token: claimFragment(), number: 0 });
  // Another link pasted into the same tab changes the fragment only, which loads nothing by itself.
  useEffect(() => {
    const change = () => {
      if (window.location.hash === '') return;
      takeClaimLink();
      setLink(({ number }) => ({ token: claimFragment(), number: number + 1 }));
    };
    window.addEventListener('hashchange', change);
    return () => window.removeEventListener('hashchange', change);
  }, []);
  return (
    <div className="welcome claim">
      <header className="claim-product">
        <span className="brand-mark">
          <Icon name="key" size={18} />
        </span>
        <strong>{product}</strong>
      </header>
      <main id="content">
        <Claim key={link.number} token={link.token} />
      </main>
      <Footer />
    </div>
  );
}

function Claim({ token }: { readonly token: string }) {
  const { apiUrl } = useConfig();
  const [shown, setShown] = useState<{ readonly view: ClaimView; readonly number: number }>(() => ({
    view: firstView(token),
    number: 0,
  }));
  const [nonce] = useState(newNonce);
  const [wasShown, setWasShown] = useState(false);
  const [running, setRunning] = useState<ClaimAct>();
  const { view, number } = shown;
  const isShown = view.name === 'key';
  // A state that comes once more is told once more.
  const show = useCallback((next: ClaimView) => {
    setShown((before) => ({ view: next, number: before.number + 1 }));
  }, []);

  useEffect(() => {
    // Nobody finds the key by the browser's Back button, not even for the moment in which it is drawn; and once it was shown
    // nobody can ask for it there again, as on a page that is loaded anew.
    const forget = () => flushSync(() => show(wasShown ? { name: 'empty' } : firstView(token)));
    window.addEventListener('pagehide', forget);
    return () => window.removeEventListener('pagehide', forget);
  }, [token, wasShown, show]);
  useEffect(() => {
    if (!isShown) return;
    // With the page goes the key.
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isShown]);

  async function run(act: ClaimAct): Promise<void> {
    if (running !== undefined) return;
    setRunning(act);
    const next = viewAfter(act, await postClaim(apiUrl, act, { token, nonce }));
    setRunning(undefined);
    if (next.name === 'key') setWasShown(true);
    show(next);
  }

  return <ClaimState key={number} view={view} running={running} onRun={run} onView={show} />;
}
