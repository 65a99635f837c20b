import type { ReactNode } from 'react';

export type Tone = 'plain' | 'good' | 'warn' | 'danger' | 'accent';

/** A state in a word; the word says it, the colour repeats it. */
export function Badge({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return <span className={`badge tone-${tone}`}>{children}</span>;
}
