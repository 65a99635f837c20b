import { type ReactNode, useEffect, useRef } from 'react';
import { useConfig } from '../config-context.ts';

interface PageProps {
  /** Heading, and the window's title. Never a secret. */
  readonly title: string;
  /** One sentence below the heading. */
  readonly intro?: ReactNode;
  /** Beside the heading. */
  readonly actions?: ReactNode;
  /** Above the heading: the way back. */
  readonly above?: ReactNode;
  readonly children: ReactNode;
}

let isFirst = true;

/**
 * A page of the dashboard. After a navigation the focus is on its heading, so that screen readers tell where one is and
 * Tab goes on from there; the first page leaves it to the browser.
 */
export function Page({ title, intro, actions, above, children }: PageProps) {
  const { product } = useConfig();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${product}`;
  }, [title, product]);
  useEffect(() => {
    if (!isFirst) {
      window.scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    isFirst = false;
  }, []);
  return (
    <div className="page">
      {above}
      <header className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {intro !== undefined && <p className="intro">{intro}</p>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
