import { Fragment } from 'react';
import {
  formatDate,
  formatDateTime,
  formatExact,
  formatPast,
  formatRelative,
  formatWhen,
} from '../rules/formats.ts';
import { useNow } from '../time/clock.ts';

interface WhenProps {
  /** ISO 8601. */
  readonly at: string;
  /** `when`: in 12 days, 8 December. `relative`: in 12 days. `past`: 3 hours ago. `date`: 8 December. `time`: 8 December, 14:05 UTC. */
  readonly as?: 'when' | 'relative' | 'past' | 'date' | 'time';
}

const forms = {
  when: formatWhen,
  relative: formatRelative,
  past: formatPast,
  date: formatDate,
  time: formatDateTime,
};

/** A moment in words, in lines that break only between its parts; the exact one, in UTC and in the reader's time, is its title. */
export function When({ at, as = 'when' }: WhenProps) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatExact(at, now)}>
      {forms[as](at, now)
        .split(', ')
        .map((part, index) => (
          <Fragment key={part}>
            {index > 0 && ', '}
            <span className="moment">{part}</span>
          </Fragment>
        ))}
    </time>
  );
}
