import { useOpenAlerts } from '../../api/queries.ts';
import { LinkButton } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { alertTitle, mostUrgentFirst, severityTones, severityWords } from '../../rules/alert-words.ts';

interface KeyAlertsProps {
  readonly keyId: string;
  /** Ids of those that are told already. */
  readonly except: readonly string[];
}

/** What is unusual about a key now, the most urgent first; nothing where all is as usual. */
export function KeyAlerts({ keyId, except }: KeyAlertsProps) {
  const { data = [] } = useOpenAlerts();
  const own = mostUrgentFirst(
    data.filter((alert) => alert.keyId === keyId && !except.includes(alert.alertId)),
  );
  return own.map((alert) => (
    <Notice
      key={alert.alertId}
      tone={severityTones[alert.severity]}
      title={`${severityWords[alert.severity]}: ${alertTitle(alert)}`}
      actions={
        <LinkButton to={`/alerts/${alert.alertId}`} isSmall>
          See the alert
        </LinkButton>
      }
    >
      <p>{alert.explanation}</p>
    </Notice>
  ));
}
