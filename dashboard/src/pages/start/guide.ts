import type { Decision, DecisionRequest } from '../../api/types.ts';

/** What the guide says of the API's fields. A field that the API has and the guide does not tell of is a type error. */

export interface Told {
  readonly values: string;
  readonly meaning: string;
}

export const categories = {
  STRATEGIC: 'Strategic',
  OPERATIONAL: 'Operational',
  FINANCIAL: 'Financial',
  MARKETING: 'Marketing',
  RND: 'Research and development',
  COMPLIANCE: 'Compliance',
} as const satisfies Record<DecisionRequest['category'], string>;

export const requestFields = {
  category: {
    values: `Required: ${Object.keys(categories).join(', ')}`,
    meaning: 'What the decision is about.',
  },
  amount: { values: 'A number from 0 to 1e15', meaning: 'In US dollars; 0 where it is absent.' },
  description: {
    values: 'A text of at most 2,000 characters',
    meaning: 'In your own words; empty where it is absent. It comes back in the answer.',
  },
} as const satisfies Record<keyof DecisionRequest, Told>;

/** What a program does when it is told so. */
export const actionWords = {
  EXECUTE_IMMEDIATELY: 'go ahead',
  WAIT_HUMAN_APPROVAL: 'wait until somebody approves',
  WAIT_HUMAN_REVIEW: 'wait until somebody has looked into it',
} as const satisfies Record<Decision['action_required'], string>;

export const answerFields = {
  id: { values: 'DEC_ and 26 characters', meaning: 'Names this decision; sorted, ids are in order of time.' },
  timestamp: { values: 'ISO 8601, in UTC', meaning: 'When it was decided.' },
  category: { values: 'As sent', meaning: 'What you asked about.' },
  amount: { values: 'As sent', meaning: 'In US dollars.' },
  description: { values: 'As sent', meaning: 'Your own words.' },
  risk_level: { values: 'LOW, MEDIUM, HIGH, CRITICAL', meaning: 'How much is at stake.' },
  risk_score: {
    values: 'A whole number from 0 to 100',
    meaning: 'LOW is 0–24, MEDIUM 25–49, HIGH 50–74, CRITICAL 75–100; it rises with the amount.',
  },
  action_required: {
    values: Object.entries(actionWords)
      .map(([action, words]) => `${action}: ${words}`)
      .join('. '),
    meaning: 'What the policy wants done.',
  },
  status: { values: 'PENDING', meaning: 'Nobody has acted on it yet.' },
  policy_version: {
    values: '12 characters',
    meaning: 'Which policy decided. Another one may decide otherwise.',
  },
  policy_row: {
    values: 'An object, with ?explain=true only',
    meaning: 'The row of the policy that decided: its number, and up to which amount it is for.',
  },
} as const satisfies Record<keyof Decision, Told>;

export const sampleAnswer: Decision = {
  id: 'DEC_01KQ3V8Y5T2N7RZ4M6XWJ9B0CD',
  timestamp: '2026-11-27T10:00:00.000Z',
  category: 'FINANCIAL',
  amount: 1000,
  description: 'Renew the design tool',
  risk_level: 'LOW',
  risk_score: 24,
  action_required: 'EXECUTE_IMMEDIATELY',
  status: 'PENDING',
  policy_version: '5d0c1f2a9b3e',
};

/** What goes wrong, and what a program does about it. */
export interface Trouble {
  readonly status: string;
  readonly title: string;
  readonly meaning: string;
  readonly act: string;
}

export const troubles: readonly Trouble[] = [
  {
    status: '400',
    title: 'The request is not valid',
    meaning: '“errors” lists every fault, and where it is. The call counts.',
    act: 'Correct the request. Sent again as it is, it fails again.',
  },
  {
    status: '401',
    title: 'The key is not accepted',
    meaning: 'It is missing, mistyped, rotated, suspended or revoked. The call does not count.',
    act: 'Do not repeat it. Look at your keys, and give the program the newest secret.',
  },
  {
    status: '413, 415',
    title: 'Too large, or not JSON',
    meaning: 'A body has at most 10 KB, and the header Content-Type: application/json.',
    act: 'Correct the request.',
  },
  {
    status: '429',
    title: 'Too many requests at once',
    meaning: 'They come faster than your tier allows. Retry-After is 1.',
    act: 'Wait for so many seconds, send it again, and spread requests out.',
  },
  {
    status: '429',
    title: 'The month’s requests are used up',
    meaning: 'RateLimit says r=0, and Retry-After is the time until the month ends, in UTC.',
    act: 'Stop until then, or choose a larger tier: it counts at once.',
  },
  {
    status: '503',
    title: 'Not ready, or unavailable for the moment',
    meaning:
      'A key is new, or something that the answer depends on did not respond. The call may have counted.',
    act: 'Wait for Retry-After seconds and send it again. It goes on? See the status page.',
  },
  {
    status: '500, 502, 504',
    title: 'The service failed',
    meaning: 'This is a fault of ours.',
    act: 'Send it again once or twice, with pauses that grow. It goes on? Tell support the request id.',
  },
];
