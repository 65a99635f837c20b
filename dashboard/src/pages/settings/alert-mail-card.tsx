import { useState } from 'react';
import type { Account } from '../../api/types.ts';
import { Card } from '../../components/card.tsx';
import { Choices } from '../../components/field.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { useSettings } from './use-settings.ts';

type Which = Account['preferences']['mailAlerts'];

const told: Readonly<Record<Which, string>> = {
  all: 'All alerts are mailed to you.',
  warning: 'Important alerts are mailed to you.',
  critical: 'Only critical alerts are mailed to you.',
};

/** How urgent an alert has to be to be mailed. */
export function AlertMailCard({ account }: { readonly account: Account }) {
  const { save, problem } = useSettings();
  const [wanted, setWanted] = useState<Which>();

  async function choose(which: Which): Promise<void> {
    setWanted(which);
    await save({ preferences: { mailAlerts: which } }, told[which]);
    // Saved or not: what the API says is shown.
    setWanted(undefined);
  }

  return (
    <Card title="Mails about alerts">
      <Choices<Which>
        label="When something is unusual about your keys"
        value={wanted ?? account.preferences.mailAlerts}
        onChange={(which) => void choose(which)}
        choices={[
          {
            value: 'all',
            label: 'Mail me every alert',
            hint: 'Also what is only for your information, such as half of the month’s requests being used.',
          },
          {
            value: 'warning',
            label: 'Only important ones',
            hint: 'Warnings, and what is critical.',
          },
          {
            value: 'critical',
            label: 'Only critical ones',
            hint: 'Such as ten times more requests than are usual.',
          },
        ]}
      />
      <p className="soft small">
        All of them are on the page of alerts. If a key is suspended by itself because of one, you are told in
        any case.
      </p>
      {problem !== undefined && <ProblemView problem={problem} />}
    </Card>
  );
}
