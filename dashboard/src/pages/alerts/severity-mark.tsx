import { Icon, type IconName } from '../../components/icon.tsx';
import { type Severity, severityTones, severityWords } from '../../rules/alert-words.ts';

const icons: Readonly<Record<Severity, IconName>> = { critical: 'stop', warning: 'warning', info: 'info' };

/** How urgent it is: a word and a drawing, which the colour repeats. */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  return (
    <span className={`badge severity tone-${severityTones[severity]}`}>
      <Icon name={icons[severity]} size={16} />
      {severityWords[severity]}
    </span>
  );
}
