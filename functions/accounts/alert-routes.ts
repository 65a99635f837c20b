import { noAlertId } from '../alerts/rules/index.ts';
import type { Route } from '../runtime/api-route.ts';
import { one, refusedAnywhere } from './account-routes.ts';
import { accountAlert, alertList } from './alert-answers.ts';
import * as answers from './answers.ts';
import { exampleAlertId } from './field-examples.ts';
import { repeatable } from './key-routes.ts';
import { alertPath, alertsQuery, answerAlertBody } from './messages.ts';
import * as examples from './route-examples.ts';

export const alertRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/account/alerts',
    operationId: 'listAccountAlerts',
    summary: 'See what is unusual',
    description:
      'What was noticed of your keys and of your month, newest first: each alert says what was seen and what is usual, and which answers make sense. Those that last, unless you ask for all.',
    tag: 'Alerts',
    access: 'sign-in',
    request: { query: alertsQuery },
    answers: [
      {
        status: 200,
        description: 'A page of alerts.',
        body: one(alertList, 'One that lasts', { alerts: [examples.exampleAlert] }),
      },
    ],
    problems: refusedAnywhere('query.status', 'must be one of open, all'),
  },
  {
    method: 'get',
    path: '/account/alerts/{alertId}',
    operationId: 'getAccountAlert',
    summary: 'See one alert',
    description:
      'One of your alerts, whether it lasts or is over: by the id that a mail or the list has told you.',
    tag: 'Alerts',
    access: 'sign-in',
    request: { path: alertPath },
    answers: [
      {
        status: 200,
        description: 'The alert.',
        body: one(accountAlert, 'One that lasts', examples.exampleAlert),
      },
    ],
    problems: refusedAnywhere('path.alertId', noAlertId),
  },
  {
    method: 'post',
    path: '/account/alerts/{alertId}/answer',
    operationId: 'answerAccountAlert',
    summary: 'Say what to do about it',
    description:
      '`suspend`: the key stops with the next request, until you lift that. `rotate`: the key gets a new secret, shown here and mailed if you want that, and the old one stops at once; where the key was suspended because of what was unusual, it works again with the new one, unless you have suspended it yourself. `expected`: this was you; such a suspension is lifted unless another alert holds the key as well, and you hear nothing more of it while it lasts. Each answer is done as a whole, and closes the alert. Saying the same again changes nothing, another answer is done as well; a new secret is given once for an alert. A key is rotated at most 4 times in an hour, and the other answers are given at most 60 times in an hour (UTC), with suspending keys and letting them go on.',
    tag: 'Alerts',
    access: 'sign-in',
    request: {
      path: alertPath,
      headers: repeatable,
      body: {
        schema: answerAlertBody,
        examples: {
          expected: { summary: 'This was you', value: { answer: 'expected' } },
          suspend: { summary: 'Stop the key', value: { answer: 'suspend' } },
          rotate: { summary: 'Give it a new secret', value: { answer: 'rotate' } },
        },
      },
    },
    answers: [
      {
        status: 200,
        description: 'It is done. A new secret is shown here: store it now.',
        body: {
          schema: answers.answeredAlert,
          examples: {
            expected: { summary: 'This was you', value: { alert: examples.exampleExpectedAlert } },
            rotated: { summary: 'A new secret', value: examples.exampleRotation },
          },
        },
      },
    ],
    problems: [
      ...refusedAnywhere('answer', 'must be one of suspend, rotate, expected'),
      {
        name: 'conflict',
        members: {
          detail: `Alert ${exampleAlertId} is about the whole account, and not about one key: it can be answered as expected only.`,
        },
      },
      {
        name: 'limit-reached',
        members: {
          detail:
            'Key 0AbCdEfGhIjK was rotated 4 times within the last hour, which is the most; rotate it again later.',
        },
      },
    ],
  },
];
