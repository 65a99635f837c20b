import { type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { problemOf } from '../rules/problem.ts';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Notice } from './notice.tsx';
import { ProblemView } from './problem-view.tsx';

/** Room for lines that are on their way: as high as they will be, so that nothing moves. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else that tells them apart
        <span key={line} />
      ))}
    </div>
  );
}

interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}

export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={26} />
      </span>
      <p className="empty-title">{title}</p>
      <div className="empty-text">{children}</div>
      {actions !== undefined && <div className="actions">{actions}</div>}
    </div>
  );
}

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** What is loaded, for screen readers: `your keys`. */
  readonly what: string;
  /** Shown until the answer is there: a skeleton of the same height. */
  readonly skeleton?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/** Loading, failed, loaded; what was loaded before stays while a newer answer fails. */
export function Loaded<Data>({ query, what, skeleton, children }: LoadedProps<Data>) {
  const { data, error } = query;
  const client = useQueryClient();
  // What failed together is asked for together: one press, not one for each.
  const retry = () =>
    client.refetchQueries({ type: 'active', predicate: ({ state }) => state.error !== null });
  if (data !== undefined) {
    return (
      <>
        {error !== null && (
          <Notice
            tone="warn"
            role="status"
            title={`This is not the newest state of ${what}`}
            actions={
              <Button isSmall icon="rotate" onClick={() => void retry()}>
                Try again
              </Button>
            }
          >
            <p>{problemOf(error).title}. What you see is from before.</p>
          </Notice>
        )}
        {children(data)}
      </>
    );
  }
  if (error !== null) return <ProblemView problem={problemOf(error)} onRetry={() => void retry()} />;
  return (
    <div aria-busy="true">
      <span className="sr-only">Loading {what}…</span>
      {skeleton ?? <Skeleton />}
    </div>
  );
}
