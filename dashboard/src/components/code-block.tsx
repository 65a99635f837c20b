import { type ReactNode, useRef } from 'react';
import { type CodeLanguage, highlight } from '../rules/highlight.ts';
import { CopyButton } from './copy-button.tsx';
import './code-block.css';

interface CodeBlockProps {
  readonly code: string;
  readonly language: CodeLanguage;
  /** Above the code, and its name for screen readers: a file's name, or what it is. */
  readonly title: string;
  /** Beside the button that copies. */
  readonly actions?: ReactNode;
}

/** Code to be read and copied; long lines are scrolled, by keyboard too. */
export function CodeBlock({ code, language, title, actions }: CodeBlockProps) {
  const element = useRef<HTMLPreElement>(null);
  return (
    <figure className="code">
      <figcaption className="code-head">
        <span className="code-title">{title}</span>
        <span className="actions">
          {actions}
          <CopyButton text={code} isSmall look="quiet" source={() => element.current} />
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className={`code-lines code-${language}`} tabIndex={0} aria-label={title}>
        <pre ref={element}>
          <code translate="no">
            {highlight(code, language).map(({ kind, code: part }, index) =>
              kind === 'plain' ? (
                part
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text that never changes
                <span key={index} className={`code-${kind}`}>
                  {part}
                </span>
              ),
            )}
          </code>
        </pre>
      </section>
    </figure>
  );
}
