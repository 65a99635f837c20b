import { describe, expect, it, test } from 'vitest';
import type { AlertItem } from '../../functions/alerts/rules/alert-item.ts';
import { type AlertKind, alertKinds, type Signal } from '../../functions/alerts/rules/signal.ts';
import { demandsSuspension } from '../../functions/alerts/rules/suspension-policy.ts';
import { type AlertForAdmins, messagesForAdmins } from '../../functions/delivery/rules/alert-for-admins.ts';
import { alertMail } from '../../functions/delivery/rules/alert-mail.ts';
import {
  type AlertTurn,
  isAlert,
  isForAdmins,
  isForOwner,
  turnOf,
} from '../../functions/delivery/rules/alert-news.ts';
import { alertOf, becomes, iso } from './alert-support.ts';
import { at, revoked, waiting } from './rules-support.ts';

describe('what a change of an alert is', () => {
  test('the first revision opens it', () => {
    expect(turnOf(becomes.opened(alertOf()))).toBe('opened');
  });

  test('a higher severity is a rise, other figures are nothing to tell', () => {
    expect(turnOf(becomes.updated(alertOf(), { severity: 'critical' }))).toBe('risen');
    expect(turnOf(becomes.updated(alertOf(), { explanation: '500 requests' }))).toBeUndefined();
    expect(turnOf(becomes.updated(alertOf(), { severity: 'info', explanation: 'less' }))).toBeUndefined();
  });

  test('an end by itself is one; the end of the key, and the owner’s answer, is known already', () => {
    expect(turnOf(becomes.closed(alertOf()))).toBe('over');
    expect(turnOf(becomes.closed(alertOf(), 'key-ended'))).toBeUndefined();
    for (const answer of ['suspend', 'rotate', 'expected'] as const) {
      expect(turnOf(becomes.answered(alertOf(), answer))).toBeUndefined();
    }
    expect(turnOf(becomes.acknowledged(alertOf()))).toBeUndefined();
  });

  test('an answer to one that is over is not told as another end', () => {
    const { after } = becomes.closed(alertOf());
    expect(turnOf(becomes.answered(after, 'expected'))).toBeUndefined();
  });
});

describe('an owner is mailed', () => {
  const info = alertOf({ severity: 'info' });
  const warning = alertOf();
  const critical = alertOf({ severity: 'critical' });

  it.each([
    ['all', [true, true, true]],
    ['warning', [false, true, true]],
    ['critical', [false, false, true]],
  ] as const)('of what they prefer: %s', (mailAlerts, expected) => {
    for (const turn of ['opened', 'risen'] as const) {
      const told = [info, warning, critical].map((alert) =>
        isForOwner(turn, alert, { mailAlerts }, undefined),
      );
      expect(told).toEqual(expected);
    }
  });

  it('whatever they prefer, that the key is suspended for it', () => {
    expect(isForOwner('opened', warning, { mailAlerts: 'critical' }, 'held')).toBe(true);
    expect(isForOwner('opened', warning, { mailAlerts: 'critical' }, 'suspended')).toBe(false);
  });

  it('not of what they have answered by now, nor of what is no owner’s', () => {
    const { after } = becomes.answered(warning, 'expected');
    expect(isForOwner('opened', after, { mailAlerts: 'all' }, 'held')).toBe(false);
    const platform = alertOf({}, { subscriptionId: 'platform', keyId: undefined });
    expect(isForOwner('opened', platform, { mailAlerts: 'all' }, undefined)).toBe(false);
  });

  it('of the end of a surge, a silence and refusals; never of what was for information, or of a quota', () => {
    const ends = (kind: AlertKind, severity: Signal['severity']) =>
      isForOwner('over', alertOf({ kind, severity }), { mailAlerts: 'all' }, undefined);
    expect(alertKinds.filter((kind) => ends(kind, 'warning'))).toEqual(['surge', 'silence', 'refusals']);
    expect(alertKinds.filter((kind) => ends(kind, 'info'))).toEqual([]);
  });

  it('of no end of what was told of the whole subscription: it may go on with one of its keys', () => {
    const ofAll = alertOf({ severity: 'critical' }, { keyId: undefined });
    expect(isForOwner('over', ofAll, { mailAlerts: 'all' }, undefined)).toBe(false);
    expect(isForOwner('opened', ofAll, { mailAlerts: 'all' }, undefined)).toBe(true);
  });

  it.each([
    ['surge', 23, 24],
    ['refusals', 23, 24],
    ['silence', 13 * 24, 14 * 24],
  ] as const)(
    'of the end of %s after %i hours, but not after %i: it is the new usual, and may go on',
    (kind, short, long) => {
      const told = [short, long].map((hours) => {
        const { after } = becomes.closed(alertOf({ kind, facts: { since: iso(4 - hours) } }));
        return isForOwner('over', after, { mailAlerts: 'all' }, undefined);
      });
      expect(told).toEqual([true, false]);
    },
  );

  it('of no end with a key that is suspended: nothing can come with it, and the mail about that said how it goes on', () => {
    const { after } = becomes.closed(critical);
    for (const key of ['held', 'suspended'] as const)
      expect(isForOwner('over', after, { mailAlerts: 'all' }, key)).toBe(false);
  });

  it('of no end whose beginning they were not mailed', () => {
    expect(isForOwner('over', warning, { mailAlerts: 'critical' }, undefined)).toBe(false);
    expect(isForOwner('over', critical, { mailAlerts: 'critical' }, undefined)).toBe(true);
  });
});

describe('admins are told', () => {
  const turns: readonly AlertTurn[] = ['opened', 'risen', 'over'];
  const told = (alert: AlertItem) => turns.filter((turn) => isForAdmins(turn, alert));

  it('of warnings and what is critical when it begins or rises, and of all that is no owner’s', () => {
    expect(told(alertOf({ severity: 'info' }))).toEqual([]);
    expect(told(alertOf({ severity: 'warning' }))).toEqual(['opened', 'risen']);
    expect(told(alertOf({ severity: 'critical' }))).toEqual(['opened', 'risen']);
    const platform = { subscriptionId: 'platform', keyId: undefined };
    expect(told(alertOf({ severity: 'info' }, platform))).toEqual(['opened', 'risen']);
  });

  it('of no month that is used up, or will be: that is its owner’s matter', () => {
    for (const kind of ['quota-threshold', 'quota-forecast'] as const)
      expect(told(alertOf({ kind, severity: 'critical' }))).toEqual([]);
  });

  it('of no key that asks more than its limits let through; of other refusals, and of those without a key', () => {
    const refused = (of: string, about = {}) => told(alertOf({ kind: 'refusals', of }, about));
    const platform = { subscriptionId: 'platform', keyId: undefined };
    const both = ['opened', 'risen'];
    expect([refused('429'), refused('403'), refused('429', platform)]).toEqual([[], both, both]);
  });
});

describe('a key is suspended by policy', () => {
  const policy = { pro: 'critical', enterprise: 'warning' } as const;
  const critical = alertOf({ severity: 'critical' });

  it('from the severity on that its tier has, and never in a tier that has none', () => {
    const demanded = (tier: string, severity: Signal['severity']) =>
      demandsSuspension(alertOf({ severity }), { ...waiting, tier }, policy, at(0));
    expect(['pro', 'enterprise', 'free'].map((tier) => demanded(tier, 'critical'))).toEqual([
      true,
      true,
      false,
    ]);
    expect(['pro', 'enterprise', 'free'].map((tier) => demanded(tier, 'warning'))).toEqual([
      false,
      true,
      false,
    ]);
    expect(demanded('enterprise', 'info')).toBe(false);
    expect(demandsSuspension(critical, waiting, {}, at(0))).toBe(false);
  });

  it.each<[AlertKind, string, boolean]>([
    ['surge', '', true],
    ['woke-up', '', true],
    ['new-network', '', true],
    // A usage plan that is too new; a throttle that all share, or a month that is used up; a stranger who knows a key's id.
    ['refusals', '403', false],
    ['refusals', '429', false],
    ['refusals', '401', false],
    ['silence', '', false],
    ['quota-threshold', '2027-03/100', false],
    ['quota-forecast', '', false],
  ])('for %s/%s: %s', (kind, of, expected) => {
    expect(demandsSuspension(alertOf({ kind, of, severity: 'critical' }), waiting, policy, at(0))).toBe(
      expected,
    );
  });

  it('not once its owner has answered, or the alert is over', () => {
    for (const answer of ['expected', 'rotate', 'suspend'] as const) {
      const { after } = becomes.answered(critical, answer);
      expect(demandsSuspension(after, waiting, policy, at(0))).toBe(false);
      expect(demandsSuspension({ ...after, status: 'open' }, waiting, policy, at(0))).toBe(false);
    }
    expect(demandsSuspension(becomes.closed(critical).after, waiting, policy, at(0))).toBe(false);
  });

  it('once for each alert: whoever let the key go on has the last word', () => {
    expect(demandsSuspension({ ...critical, suspended: { at: iso(0) } }, waiting, policy, at(0))).toBe(false);
  });

  it('though an admin has seen the alert', () => {
    expect(demandsSuspension(becomes.acknowledged(critical).after, waiting, policy, at(0))).toBe(true);
  });

  it('not for what a secret did that works no more; for what goes on with the new one it is', () => {
    const alert = alertOf({ severity: 'critical', facts: { from: iso(-2), to: iso(-1) } });
    const [old, made] = waiting.secrets;
    const secrets = (...them: (typeof old)[]) => ({
      ...waiting,
      secrets: them.filter((each) => each !== undefined),
    });
    const late = made && { ...made, createdAt: iso(-1.3) };
    // Still in its grace; ended at once; made before it began.
    expect(demandsSuspension(alert, secrets(old, late), policy, at(0))).toBe(true);
    expect(demandsSuspension(alert, secrets(late), policy, at(0))).toBe(false);
    expect(demandsSuspension(alert, secrets(made && { ...made, createdAt: iso(-3) }), policy, at(0))).toBe(
      true,
    );
    // The grace is over, though nobody has put the old one away yet.
    expect(
      demandsSuspension(alert, secrets(old && { ...old, retiresAt: iso(-1) }, late), policy, at(0)),
    ).toBe(false);
    expect(demandsSuspension(alert, secrets(late), policy, at(0), iso(-1))).toBe(true);
    const woken = alertOf({ kind: 'woke-up', severity: 'critical', facts: { at: iso(-2) } });
    expect(demandsSuspension(woken, secrets(late), policy, at(0))).toBe(false);
  });

  it('not where the key is revoked, or another’s', () => {
    expect(demandsSuspension(critical, revoked, policy, at(0))).toBe(false);
    expect(demandsSuspension(critical, { ...waiting, subscriptionId: 'sub_other' }, policy, at(0))).toBe(
      false,
    );
  });
});

describe('a mail', () => {
  const context = { dashboardUrl: 'https://dashboard.example.com', now: at(1) };

  it('tells of the key what may be shown, and since when it is suspended for something unusual', () => {
    const suspensions = { payment: { at: iso(-9), by: 'billing' }, anomaly: { at: iso(0.5), by: 'x' } };
    const mail = alertMail('opened', alertOf(), { key: { ...waiting, suspensions }, owner: {} }, context);
    expect(mail.key).toEqual({
      keyId: 'A1b2C3d4E5f6',
      display: 'user_A1b2C...',
      name: 'default',
      suspendedAt: iso(0.5),
    });
    const paid = { ...waiting, suspensions: { payment: suspensions.payment } };
    expect(
      alertMail('opened', alertOf(), { key: paid, owner: {} }, context).key?.suspendedAt,
    ).toBeUndefined();
  });

  it('tells whether other alerts hold the key: those that are answered do not', () => {
    const alert = alertOf();
    const keyHeldBy = (...alertIds: string[]) =>
      alertMail(
        'risen',
        alert,
        { key: { ...waiting, suspensions: { anomaly: { at: iso(0), by: 'x', alertIds } } }, owner: {} },
        context,
      ).key?.isHeldElsewhere;
    expect(keyHeldBy(alert.alertId)).toBeUndefined();
    expect(keyHeldBy(alert.alertId, 'alert_another')).toBe(true);
    expect(keyHeldBy('alert_another')).toBe(true);
  });

  it.each([
    [2, false],
    [4, true],
  ])('that leaves %i hours after the change says that it is late: %s', (hours, isLate) => {
    const late = { ...context, now: at(hours) };
    expect(alertMail('opened', alertOf(), { key: waiting, owner: {} }, late)).toMatchObject({ isLate });
  });
});

describe('what the admins read', () => {
  const news = (alert: AlertItem, more: Partial<AlertForAdmins> = {}): AlertForAdmins => ({
    turn: 'opened',
    alert,
    isSuspended: false,
    ...more,
  });
  const messages = (...all: AlertForAdmins[]) => messagesForAdmins(all).map(({ message }) => message);

  it('is one message for each of a few, with what to do', () => {
    const alert = alertOf({ severity: 'critical' });
    const [message] = messages(news(alert));
    expect(message?.subject).toBe('Latchkey: critical: many more requests than usual');
    for (const words of [
      '412 requests between 11:00 and 12:00 UTC',
      `key A1b2C3d4E5f6, subscription ${alert.subscriptionId}, tier pro`,
      `alert ${alert.alertId}, opened at ${iso(0)}`,
      'list-alerts',
      'acknowledge-alert',
      'docs/runbook.md#an-alert-tells-of-unusual-traffic',
    ]) {
      expect(message?.text).toContain(words);
    }
    expect(message?.text).not.toContain('suspended');
    expect(messages(...Array.from({ length: 5 }, () => news(alertOf())))).toHaveLength(5);
  });

  it('tells a rise, a suspension, and an owner who was not reached', () => {
    const { after } = becomes.updated(alertOf(), { severity: 'critical' });
    const [message] = messages(
      news(after, { turn: 'risen', isSuspended: true, unsent: 'the address takes no mail' }),
    );
    expect(message?.text).toContain(`critical since ${iso(1)}`);
    expect(message?.text).toContain('The key is suspended by policy.');
    expect(message?.text).toContain('Its owner was not mailed: the address takes no mail.');
  });

  it('of many at once is one message, which counts them and names the ten most severe', () => {
    const many = Array.from({ length: 40 }, (_, i) =>
      news(alertOf({ severity: i >= 37 ? 'critical' : 'warning' }), { isSuspended: i >= 38 }),
    );
    const refused = alertOf(
      { kind: 'refusals', of: '401' },
      { subscriptionId: 'platform', keyId: undefined },
    );
    const all = messages(...many, news(refused, { unsent: 'it was refused for good' }));
    expect(all).toHaveLength(1);
    const { subject = '', text = '' } = all[0] ?? {};
    expect(subject).toBe('Latchkey: 41 alerts of unusual traffic, 3 critical');
    expect(text).toContain(
      '- 40: many more requests than usual\n- 1: many refused requests without an accepted key (401)\n',
    );
    expect(text.match(/alert_\w+/g)).toHaveLength(10);
    for (const { alert } of many.slice(37)) expect(text).toContain(`${alert.alertId}`);
    expect(text).toContain('suspended by policy: 2.');
    expect(text).toContain('could not be mailed: 1.');
    expect(text.length).toBeLessThan(4000);
  });

  it('has a subject as SNS takes one', () => {
    const each = alertKinds.map((kind) => news(alertOf({ kind, of: kind === 'refusals' ? '429' : '' })));
    for (const one of each) {
      for (const { subject } of [...messages(one), ...messages(...each)]) {
        expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
      }
    }
  });
});

describe('an item', () => {
  it.each<[string, object]>([
    ['no id', { alertId: undefined }],
    ['an id that leads elsewhere', { alertId: '../settings' }],
    ['a kind that nobody knows', { kind: 'earthquake' }],
    ['a severity that nobody knows', { severity: 'fatal' }],
    ['no revision', { revision: undefined }],
    ['no change', { change: undefined }],
    ['no explanation', { explanation: undefined }],
  ])('with %s is no alert', (_what, fields) => {
    expect(isAlert(alertOf())).toBe(true);
    expect(isAlert({ ...alertOf(), ...fields })).toBe(false);
  });
});
