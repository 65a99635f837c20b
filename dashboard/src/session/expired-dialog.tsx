import { useState } from 'react';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { type Problem, problemOf } from '../rules/problem.ts';
import { useSession, useSessionState } from './session-context.tsx';

/** "Sign in again": the page behind it stays, with all that was typed. */
export default function ExpiredDialog() {
  const session = useSession();
  const state = useSessionState();
  const [problem, setProblem] = useState<Problem>();
  const [isAsked, setIsAsked] = useState(false);

  async function signInAgain(): Promise<void> {
    setProblem(undefined);
    setIsAsked(true);
    try {
      await session.signInAgain();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setIsAsked(false);
    }
  }

  const isBlocked = problem?.kind === 'window-blocked';
  const email = state.status === 'expired' ? state.person.email : undefined;
  return (
    <Dialog
      isOpen={state.status === 'expired' && !state.isPutOff}
      onClose={() => session.putOff()}
      isFirm
      title="Please sign in again"
      description={
        <p>
          Your session has ended, as it does a day after signing in. This page stays as it is, and goes on
          where you were{email === undefined ? '' : <> once you are signed in as {email}</>}.
        </p>
      }
      actions={
        <>
          <Button onClick={() => session.putOff()}>Not now</Button>
          {isBlocked ? (
            <Button look="primary" onClick={() => void session.signIn()}>
              Sign in on this page
            </Button>
          ) : (
            <Button look="primary" onClick={() => void signInAgain()}>
              {isAsked ? 'Open the window again' : 'Sign in'}
            </Button>
          )}
        </>
      }
    >
      {isAsked && <p role="status">Go on in the window that has opened. It closes by itself.</p>}
      {problem !== undefined && <ProblemView problem={problem} />}
    </Dialog>
  );
}
