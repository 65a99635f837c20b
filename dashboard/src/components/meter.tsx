import { useId } from 'react';
import { formatNumber, formatShare } from '../rules/formats.ts';

interface MeterProps {
  readonly label: string;
  readonly value: number;
  readonly maximum: number;
  /** What is counted: `requests`. */
  readonly unit: string;
}

/** How much of a limit is used: in words, and as a bar. */
export function Meter({ label, value, maximum, unit }: MeterProps) {
  const id = useId();
  const share = maximum > 0 ? Math.min(1, value / maximum) : 1;
  const tone = share >= 1 ? 'danger' : share >= 0.8 ? 'warn' : 'accent';
  return (
    <div className="meter">
      <div className="meter-words" id={id}>
        <span className="sr-only">{label}: </span>
        <strong>{formatNumber(value)}</strong> of {formatNumber(maximum)} {unit}
        <span className="meter-share">{formatShare(value, maximum)}</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers draw a <meter> each in a way of its own */}
      <div
        className={`meter-bar tone-${tone}`}
        role="meter"
        aria-labelledby={id}
        aria-valuemin={0}
        aria-valuemax={maximum}
        aria-valuenow={Math.min(value, maximum)}
        aria-valuetext={`${formatNumber(value)} of ${formatNumber(maximum)} ${unit}`}
      >
        {/* A drawing instead of a styled element: its width needs no inline style. */}
        <svg width="100%" height="100%" aria-hidden="true" focusable="false">
          <rect className="meter-fill" width={`${(share * 100).toFixed(2)}%`} height="100%" rx="4" />
        </svg>
      </div>
    </div>
  );
}
