import { useConfig } from '../config-context.ts';
import { formatDuration } from '../rules/formats.ts';
import { asSentence, otherFaults, type Problem, signedOut } from '../rules/problem.ts';
import { useSession, useSessionState } from '../session/session-context.tsx';
import { Button, OutwardLink } from './button.tsx';
import { Notice } from './notice.tsx';
import { SupportLink } from './support-link.tsx';

interface ProblemViewProps {
  readonly problem: Problem;
  /** Paths of faults that fields of the form show themselves. */
  readonly shownPaths?: readonly string[];
  readonly onRetry?: (() => void) | undefined;
}

/**
 * What went wrong, what to do next, and whom to ask: with every error, the ways to help. Nothing where fields of the form
 * say all of it.
 */
export function ProblemView({ problem, shownPaths = [], onRetry }: ProblemViewProps) {
  const faults = otherFaults(problem, shownPaths);
  const { retryAfterSeconds } = problem;
  const session = useSession();
  const state = useSessionState();
  // The page's own way to sign in may be behind a dialog.
  const canSignIn = problem.kind === signedOut.kind && state.status === 'expired' && state.isPutOff;
  if (problem.errors.length > 0 && faults.length === 0) return null;
  return (
    <Notice
      tone={problem.status >= 400 && problem.status < 500 ? 'warn' : 'danger'}
      title={problem.title}
      role="alert"
      actions={
        canSignIn ? (
          <Button isSmall onClick={onRetry ?? (() => session.askAgain())}>
            Sign in
          </Button>
        ) : (
          // What is not there is not there the next time either.
          onRetry !== undefined &&
          problem.status !== 404 && (
            <Button isSmall icon="rotate" onClick={onRetry}>
              Try again
            </Button>
          )
        )
      }
    >
      <p>{asSentence(problem.detail)}</p>
      {faults.length > 0 && (
        <ul>
          {faults.map(({ path, detail }) => (
            <li key={`${path} ${detail}`}>
              <code>{path}</code> {detail}
            </li>
          ))}
        </ul>
      )}
      {retryAfterSeconds !== undefined && retryAfterSeconds > 10 && (
        <p>Please wait {formatDuration(retryAfterSeconds)} before you try again.</p>
      )}
      <HelpLine requestId={problem.requestId} />
    </Notice>
  );
}

/** Support, documentation and status, with the request's id for support where there is one. */
export function HelpLine({ requestId }: { readonly requestId?: string | undefined }) {
  const { documentationUrl, statusUrl } = useConfig();
  return (
    <p className="help-line">
      <SupportLink />
      <OutwardLink to={documentationUrl}>Documentation</OutwardLink>
      <OutwardLink to={statusUrl}>Service status</OutwardLink>
      {requestId !== undefined && (
        <span>
          Request id <code translate="no">{requestId}</code>
        </span>
      )}
    </p>
  );
}
