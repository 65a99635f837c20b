import { useState } from 'react';
import type { Account } from '../../api/types.ts';
import { Card } from '../../components/card.tsx';
import { Choices } from '../../components/field.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { useSettings } from './use-settings.ts';

type Way = 'mail' | 'tell';

/** Whether a key that is shown here is mailed as well. */
export function KeyMailCard({ account }: { readonly account: Account }) {
  const { save, problem } = useSettings();
  const [wanted, setWanted] = useState<Way>();
  const { preferences, openPgpFingerprint } = account;
  const kept: Way = preferences.mailNewKeys ? 'mail' : 'tell';

  async function choose(way: Way): Promise<void> {
    setWanted(way);
    const told = way === 'mail' ? 'New keys are mailed to you.' : 'Mails tell of new keys, and hold none.';
    await save({ preferences: { mailNewKeys: way === 'mail' } }, told);
    // Saved or not: what the API says is shown.
    setWanted(undefined);
  }

  return (
    <Card title="Mails about new keys">
      <Choices<Way>
        label="When you make or rotate a key here"
        value={wanted ?? kept}
        onChange={(way) => void choose(way)}
        choices={[
          {
            value: 'mail',
            label:
              openPgpFingerprint === undefined
                ? 'Mail me a link to it as well'
                : 'Mail it to me as well, encrypted',
            hint:
              openPgpFingerprint === undefined
                ? 'In case you close this page too early. The link opens once, within three days.'
                : 'In case you close this page too early. Only your OpenPGP key can read it.',
          },
          {
            value: 'tell',
            label: 'Only tell me that there is one',
            hint: 'It is shown here once and nowhere else: if you lose it, you rotate the key.',
          },
        ]}
      />
      <p className="soft small">
        Secrets that rotate by themselves are mailed in any case: nobody else would have them.
      </p>
      {problem !== undefined && <ProblemView problem={problem} />}
    </Card>
  );
}
