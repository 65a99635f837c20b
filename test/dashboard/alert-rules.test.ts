import { expect, test } from 'vitest';
import { afterExpected, answerIn, holdersOf, whyNot } from '../../dashboard/src/rules/alert-answer.ts';
import {
  alertTitle,
  mostUrgentFirst,
  whatYouSaid,
  whyClosed,
} from '../../dashboard/src/rules/alert-words.ts';
import { alertIn } from '../../dashboard/src/rules/history.ts';
import {
  alertKinds,
  closingReasons,
  isAlertId,
  alertTitle as titleInMails,
} from '../../functions/alerts/rules/index.ts';
import { inHours, keyOf } from './account-samples.ts';
import { alertOf, held } from './alert-samples.ts';

test.each([
  ['?do=suspend', 'suspend'],
  ['?do=rotate', 'rotate'],
  ['?x=1&do=expected', 'expected'],
  ['?do=revoke', undefined],
  ['?do=SUSPEND', undefined],
  ['?do=', undefined],
  ['', undefined],
])('the link %j of a mail offers %s', (search, answer) => {
  expect(answerIn(search)).toBe(answer);
});

const said = (answer: 'suspend' | 'rotate' | 'expected') => ({
  status: 'closed' as const,
  closedAt: inHours(-1),
  closedBecause: answer,
  answer: { answer, at: inHours(-1) },
});

test.each([
  ['is offered', 'suspend', alertOf(1), keyOf(), undefined],
  ['was given', 'rotate', alertOf(1, { ...said('rotate'), answers: ['suspend'] }), keyOf(), 'said'],
  [
    'was given before another',
    'rotate',
    alertOf(1, { ...said('expected'), rotatedAt: inHours(-2), answers: ['suspend'] }),
    keyOf(),
    'said',
  ],
  [
    'needs a key',
    'suspend',
    alertOf(1, { kind: 'quota-forecast', answers: ['expected'] }),
    undefined,
    'whole-account',
  ],
  [
    'is for a key that has ended',
    'rotate',
    alertOf(1, { answers: [] }),
    keyOf({ status: 'revoked' }),
    'key-ended',
  ],
  [
    'is for a key that had ended before',
    'expected',
    alertOf(1, { status: 'closed', closedBecause: 'key-ended', answers: [] }),
    undefined,
    'key-ended',
  ],
  [
    'is for a key that its owner has stopped',
    'suspend',
    alertOf(1, { answers: ['expected'] }),
    keyOf({ status: 'suspended', suspensions: { owner: { at: inHours(-1) } } }),
    'stopped',
  ],
  [
    'is for a key that a payment has stopped',
    'rotate',
    alertOf(1, { answers: ['suspend', 'expected'] }),
    keyOf({ status: 'suspended', suspensions: { payment: { at: inHours(-1) } } }),
    'held',
  ],
  [
    'calls expected what its owner has stopped the key for',
    'expected',
    alertOf(1, { ...said('suspend'), answers: ['rotate'] }),
    keyOf({ status: 'suspended', suspensions: { owner: { at: inHours(-1) } } }),
    'stopped',
  ],
  [
    'calls expected what its owner has ended by a new secret',
    'expected',
    alertOf(1, { ...said('rotate'), answers: ['suspend'] }),
    keyOf(),
    'otherwise',
  ],
  [
    'comes late, for a key that can be rotated though its owner has stopped it',
    'rotate',
    alertOf(1, { status: 'closed', closedBecause: 'over', answers: [] }),
    keyOf({ status: 'suspended', suspensions: { owner: { at: inHours(-1) } } }),
    'over',
  ],
  [
    'comes late, for a key that can be rotated though another alert holds it',
    'rotate',
    alertOf(1, { ...said('expected'), answers: ['suspend'] }),
    keyOf({ status: 'suspended', suspensions: { anomaly: { at: inHours(-1), alertIds: ['alert_2'] } } }),
    'otherwise',
  ],
  [
    'comes after it was over',
    'expected',
    alertOf(1, { status: 'closed', closedBecause: 'over', answers: [] }),
    keyOf(),
    'over',
  ],
] as const)('an answer that %s', (_what, answer, alert, key, expected) => {
  expect(whyNot(alert, answer, key)).toBe(expected);
});

test('what is unusual has the same title as in mails and in messages to admins', () => {
  const ofs = ['', '401', '403', '429', '2026-11/50', '2026-11/80', '2026-11/100'];
  const unusual = alertKinds.flatMap((kind) => ofs.map((of) => ({ kind, of })));
  for (const each of unusual) {
    const title = titleInMails(each);
    expect(alertTitle(each)).toBe(title.charAt(0).toUpperCase() + title.slice(1).replaceAll("'", '’'));
  }
  expect(new Set(unusual.map(titleInMails)).size).toBe(alertKinds.length + 2 + 3);
});

test('each end has its words', () => {
  for (const closedBecause of closingReasons)
    expect(whyClosed(alertOf(1, { closedBecause })), closedBecause).toMatch(/^[A-Z].*[a-z]$/);
  // What has lasted for a day is the new usual, and half of the month's requests are used though 80 % are, too: no end.
  expect(whyClosed(alertOf(1, { closedBecause: 'over' }))).toBe('It closed by itself');
  expect(whyClosed(alertOf(1))).toBeUndefined();
  expect(whatYouSaid({ kind: 'quota-threshold' }, 'expected')).toBe('You know of it');
});

test('the most urgent alert is first, and of those that are as urgent, the newest', () => {
  const alerts = [
    alertOf(1, { severity: 'info' }),
    alertOf(2),
    alertOf(3, { severity: 'critical' }),
    alertOf(4),
  ];
  expect(mostUrgentFirst(alerts).map(({ alertId }) => Number(alertId.slice(6)))).toEqual([3, 4, 2, 1]);
});

test.each([
  ['works goes on', alertOf(1), {}, { kind: 'nothing' }],
  ['the alert alone holds works again', alertOf(1, { suspendedKey: true }), held(1), { kind: 'frees' }],
  [
    'another alert holds, too, stays with that one',
    alertOf(1, { suspendedKey: true }),
    held(1, 2),
    { kind: 'held', by: alertOf(2).alertId },
  ],
  [
    'another alert holds stays with it',
    alertOf(1, { suspendedKey: true }),
    held(2),
    { kind: 'held', by: alertOf(2).alertId },
  ],
  [
    'a payment has stopped as well stays suspended',
    alertOf(1, { suspendedKey: true }),
    { ...held(1), payment: { at: inHours(-9) } },
    { kind: 'stays' },
  ],
  [
    'its owner has suspended stays so, and nothing is said of it',
    alertOf(1),
    { owner: { at: inHours(-1) } },
    { kind: 'nothing' },
  ],
] as const)('"this was me" of a key that %s', (_what, alert, suspensions, expected) => {
  expect(afterExpected(alert, keyOf({ status: 'suspended', suspensions }))).toEqual(expected);
});

test('of a key that is not known, nothing is promised', () => {
  expect(afterExpected(alertOf(1, { suspendedKey: true }), undefined)).toEqual({ kind: 'stays' });
  expect(holdersOf(undefined)).toEqual([]);
});

test('a reason on record that names an alert leads to it', () => {
  const { alertId } = alertOf(7);
  expect(alertIn(`alert ${alertId}`)).toBe(alertId);
  // The dashboard has the shape of ids once more, for it takes no code from functions.
  for (const last of '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabc_') {
    const id = alertId.slice(0, -1) + last;
    expect([id, alertIn(`alert ${id}.`)]).toEqual([id, isAlertId(id) ? id : undefined]);
  }
  expect(alertIn('Asked for it by telephone: alert_1')).toBeUndefined();
});
