import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { AccountAlert, AccountKey, AlertAnswer } from '../../api/types.ts';
import { Notice } from '../../components/notice.tsx';
import { When } from '../../components/when.tsx';
import { whyNot } from '../../rules/alert-answer.ts';
import { whatYouSaid } from '../../rules/alert-words.ts';

interface WhyNotNowProps {
  readonly alert: AccountAlert;
  /** What the mail offered. */
  readonly asked: AlertAnswer;
  readonly keyShown: AccountKey | undefined;
}

/** A link in a mail that came late: why there is nothing to be done by it, and what there is instead. */
export function WhyNotNow({ alert, asked, keyShown }: WhyNotNowProps) {
  const [title, text] = wordsFor(alert, asked, keyShown);
  return (
    <Notice role="status" title={title}>
      <p>{text} Nothing was changed.</p>
    </Notice>
  );
}

function wordsFor(
  alert: AccountAlert,
  asked: AlertAnswer,
  key: AccountKey | undefined,
): readonly [title: string, text: ReactNode] {
  const page = <Link href={`/keys/${alert.keyId ?? ''}`}>the key’s page</Link>;
  switch (whyNot(alert, asked, key)) {
    case 'said':
      return [
        `${whatYouSaid(alert, asked)} before`,
        <>
          That was{' '}
          <When at={(asked === 'rotate' ? alert.rotatedAt : alert.answer?.at) ?? alert.updatedAt} as="past" />
          {asked === 'rotate' ? <>: if you need one more secret, rotate it on {page}.</> : '.'}
        </>,
      ];
    case 'whole-account':
      return [
        'This cannot be done here',
        'The alert is about your account as a whole, and not about one key.',
      ];
    case 'key-ended':
      return ['The key has ended', 'It was revoked, and works for nobody: it needs no answer any more.'];
    case 'stopped':
      return ['You have suspended the key', <>It stays so until you let it work again, on {page}.</>];
    case 'held':
      return [
        'The key is suspended',
        <>It can get a new secret once it works again: why it does not, and what lifts it, is on {page}.</>,
      ];
    case 'otherwise':
      return [
        `${alert.answer === undefined ? 'You answered' : whatYouSaid(alert, alert.answer.answer)} before`,
        <>
          That was <When at={alert.answer?.at ?? alert.updatedAt} as="past" />.{' '}
          <StillThere {...{ asked, page }} />
        </>,
      ];
    default:
      return [
        'The alert is closed',
        <>
          It closed by itself. <StillThere {...{ asked, page }} />
        </>,
      ];
  }
}

/** What can be done without the alert. */
function StillThere({ asked, page }: { readonly asked: AlertAnswer; readonly page: ReactNode }) {
  if (asked === 'expected') return <>It needs no answer any more.</>;
  return <>You can suspend or rotate the key on {page} as ever.</>;
}
