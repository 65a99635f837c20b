import type { AccountAlert, AccountKey, AlertAnswer } from '../../api/types.ts';
import type { IconName } from '../../components/icon.tsx';
import { type AfterExpected, afterExpected } from '../../rules/alert-answer.ts';
import { isAboutMonth } from '../../rules/alert-words.ts';

/** An answer that somebody is about to give, and the alert and its key as they were then. */
export interface Question {
  readonly alert: AccountAlert;
  readonly answer: AlertAnswer;
  /** Absent where there is none, or it is not known. */
  readonly keyThen: AccountKey | undefined;
}

export interface AnswerWords {
  /** On the button that offers it. */
  readonly offer: string;
  readonly icon: IconName;
  /** Beside that button. */
  readonly hint: string;
  /** Heading of the question. */
  readonly question: string;
  /** What will happen, one thing a line. */
  readonly follows: readonly string[];
  readonly submit: string;
  /** It ends something for good. */
  readonly isSevere: boolean;
  /** Once it is done. */
  readonly done: string;
}

/** What an answer is called, and what comes of it. */
export function answerWords({ alert, answer, keyThen }: Question): AnswerWords {
  const name = alert.keyName ?? 'the key';
  switch (answer) {
    case 'suspend':
      return {
        offer: 'Suspend the key',
        icon: 'pause',
        hint: alert.suspendedKey
          ? 'It stays suspended, until you let it work again.'
          : 'It stops with the next request, until you let it work again.',
        question: `Suspend ${name}?`,
        follows: [
          alert.suspendedKey
            ? 'It goes on being refused, whoever sends a request with it.'
            : 'The next request with it is refused, whoever sends it. What you run with it stops as well.',
          'You can let it work again whenever you like, on the key’s page.',
          'This alert is closed.',
        ],
        submit: 'Suspend the key',
        isSevere: false,
        done: `${name} is suspended: requests with it are refused.`,
      };
    case 'rotate':
      return {
        offer: 'Give it a new secret now',
        icon: 'rotate',
        hint: 'The old one stops at once: for a secret that somebody else may have.',
        question: `Give ${name} a new secret now?`,
        follows: [
          'The old secret stops at once, for everybody. What you run with it is refused until it has the new one.',
          'The new secret is shown here once, in a moment: have a place ready where you store it.',
          ...whatOfSuspension(alert, keyThen),
          'This alert is closed.',
        ],
        submit: 'Give it a new secret',
        isSevere: true,
        done: '',
      };
    case 'expected':
      return isAboutMonth(alert) ? knownWords : expectedWords(name, afterExpected(alert, keyThen));
  }
}

function whatOfSuspension({ suspendedKey }: AccountAlert, key: AccountKey | undefined): string[] {
  if (key?.suspensions.owner !== undefined) {
    return ['You have suspended the key: it stays so with the new secret, until you let it work again.'];
  }
  return suspendedKey ? ['The key is suspended now; with the new secret it works again.'] : [];
}

const knownWords: AnswerWords = {
  offer: 'I know of it',
  icon: 'tick',
  hint: 'Closes the alert, and changes nothing.',
  question: 'You know of it?',
  follows: ['Nothing changes: requests are counted as before.', 'This alert is closed.'],
  submit: 'I know of it',
  isSevere: false,
  done: 'The alert is closed.',
};

function expectedWords(name: string, { kind }: AfterExpected): AnswerWords {
  const words = {
    nothing: {
      hint: 'Nothing changes, and you hear no more of it while it lasts.',
      follows: 'Nothing changes: everything works as before.',
      done: 'Thank you: the alert is closed.',
    },
    frees: {
      hint: 'The key works again, as before.',
      follows: `${name} works again with the next request, with the secret that it has.`,
      done: `${name} works again.`,
    },
    held: {
      hint: 'The key stays suspended, because of another alert.',
      follows: `${name} stays suspended, because of another alert.`,
      done: `Thank you: the alert is closed. ${name} stays suspended, because of another one.`,
    },
    stays: {
      hint: 'The key stays suspended, for another cause.',
      follows: `${name} stays suspended for as long as there is another cause.`,
      done: `Thank you: the alert is closed. ${name} stays suspended, for another cause.`,
    },
  }[kind];
  return {
    offer: 'This was me',
    icon: 'tick',
    hint: words.hint,
    question: 'Was this you?',
    follows: [
      words.follows,
      'You hear no more of this one until it is over. If it comes again after that, you are told again.',
      'This alert is closed.',
    ],
    submit: 'Yes, this was me',
    isSevere: false,
    done: words.done,
  };
}
