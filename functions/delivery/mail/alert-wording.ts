import { alertTitle } from '../../alerts/rules/index.ts';
import type { AlertMail } from '../rules/alert-mail.ts';
import { type Phrase, say } from './letter.ts';

/** What mails say of each kind of unusual traffic. Figures are in the explanation, which comes with the alert. */
export interface AlertWords {
  /** Ends the subject; ASCII. */
  readonly title: string;
  /** What it may mean, in the order in which it should be considered. */
  readonly meanings: readonly Phrase[];
}

export function wordsOf({ what, of }: Pick<AlertMail, 'what' | 'of'>): AlertWords {
  return { title: alertTitle({ kind: what, of }), ...aboutOf({ what, of }) };
}

/** Ends the subject of the mail that tells its end; ASCII. @throws Error for a kind whose end nobody is told */
export function endOf({ what }: Pick<AlertMail, 'what'>): string {
  switch (what) {
    case 'surge':
      return 'no longer more requests than usual';
    case 'silence':
      return 'requests come again';
    case 'refusals':
      return 'no longer many refused requests';
    default:
      throw new Error(`nobody is told the end of ${what}`);
  }
}

function aboutOf({ what, of }: Pick<AlertMail, 'what' | 'of'>): Omit<AlertWords, 'title'> {
  switch (what) {
    case 'surge':
      return {
        meanings: [
          say`Somebody else may have got hold of the key. Then your month’s requests are theirs until it is stopped.`,
          say`A program of yours may be caught in a loop, or repeat what was refused.`,
          say`Or you have simply more to do than before: then nothing is wrong.`,
        ],
      };
    case 'silence':
      return {
        meanings: [
          say`The program that uses the key may have stopped, or cannot reach us.`,
          say`It may have lost the key, or have got another one.`,
          say`Or it is not meant to run now: then nothing is wrong.`,
        ],
      };
    case 'woke-up':
      return {
        meanings: [
          say`Somebody may have found the key in an old place, such as a backup, a repository or a laptop.`,
          say`Or you have begun to use it again: then nothing is wrong.`,
        ],
      };
    case 'refusals':
      return { meanings: ofRefusals(of) };
    case 'new-network':
      return {
        meanings: [
          say`Somebody else may have got hold of the key, and use it from where they are.`,
          say`Or your program has moved, or your provider gave you another address: then nothing is wrong.`,
        ],
      };
    case 'quota-threshold':
      return {
        meanings: [
          say`When all are used, further requests are refused until the next month begins (UTC).`,
          say`A higher tier takes effect at once; what was used stays counted.`,
        ],
      };
    case 'quota-forecast':
      return {
        meanings: [
          say`If it goes on like this, further requests are refused from then on, until the next month begins (UTC).`,
          say`A higher tier takes effect at once; what was used stays counted.`,
        ],
      };
  }
}

function ofRefusals(status: string): AlertWords['meanings'] {
  switch (status) {
    case '401':
      return [
        say`A program of yours may still have a secret that was replaced: give it the newest one.`,
        say`Somebody may be guessing. A secret cannot be guessed, and none of these requests was answered or counted.`,
      ];
    case '429':
      return [
        say`A program of yours may send more at once than your tier allows, or repeat at once what was refused.`,
        say`The month’s requests may be used up: your plan page says so.`,
        say`Somebody else may have got hold of the key.`,
      ];
    default:
      return [
        say`A program of yours may call something that your key may not call.`,
        say`Somebody else may have got hold of the key, and try what it opens.`,
      ];
  }
}
