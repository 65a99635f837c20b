import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertItem } from '../../functions/alerts/rules/alert-item.ts';
import { type AlertAnswer, answered } from '../../functions/alerts/rules/alert-item.ts';
import {
  type AlertStep,
  ended,
  followed,
  type Incidents,
  incidentOf,
  type Making,
} from '../../functions/alerts/rules/incidents.ts';
import { hourOf, seenOf } from '../../functions/alerts/rules/sights.ts';
import { alertKinds, type Signal, severities } from '../../functions/alerts/rules/signal.ts';
import { kindsOf, ofApi, ofSubscription } from '../../functions/alerts/rules/told-signals.ts';
import { aSignal } from './samples.ts';

/** A subject's incidents and alerts, as one look after the other leaves them. */
class Subject {
  incidents: Incidents = {};
  /** Of the day; when looks and answers are. */
  hour = 10;
  readonly alerts = new Map<string, AlertItem>();
  #ids = 0;

  look(...signals: Signal[]): readonly AlertStep[] {
    return this.lookAt({ signals });
  }

  /** A look whose own sight begins at that time, and shows some of its signals. */
  lookAt({ signals, from = 10, shown = [] }: { signals: Signal[]; from?: number; shown?: Signal[] }) {
    const found = { from: timeOf(from), signals, shown };
    return this.#take(followed(this.incidents, found, this.alerts, this.#making));
  }

  end(): readonly AlertStep[] {
    return this.#take(ended(this.incidents, this.alerts, this.#making));
  }

  /** Its owner says that it was expected, or does something about it, at ten. */
  answer(alertId: string, answer: AlertAnswer = 'expected'): void {
    const alert = this.alerts.get(alertId);
    const next = alert && answered(alert, answer, this.#change('answer-alert'));
    if (next !== undefined) this.alerts.set(alertId, next);
  }

  #take({ incidents, steps }: { incidents: Incidents; steps: readonly AlertStep[] }) {
    this.incidents = incidents;
    for (const { alert } of steps) this.alerts.set(alert.alertId, alert);
    return steps;
  }

  #change(action: string) {
    return {
      action,
      actor: { kind: 'system', id: 'detect-anomalies' } as const,
      requestId: 'r',
      at: timeOf(this.hour),
    };
  }

  readonly #making: Making = {
    opening: () => ({ alertId: `alert_${this.#ids++}`, subscriptionId: 'sub_A', openShard: 0 }),
    change: (action) => this.#change(action),
  };
}

const timeOf = (hour: number) => new Date(Date.UTC(2026, 10, 17, hour)).toISOString();

const told = (steps: readonly AlertStep[]) =>
  steps.map(({ action, alert }) => `${action} ${incidentOf(alert)}`);

describe('an incident', () => {
  test('is opened once, brought up to date while it lasts, and closed when it is over', () => {
    const subject = new Subject();
    expect(told(subject.look(aSignal()))).toEqual(['open-alert surge/']);
    expect(subject.look(aSignal())).toEqual([]);
    const worse = subject.look(aSignal({ severity: 'critical', explanation: 'More and more.' }));
    expect(told(worse)).toEqual(['update-alert surge/']);
    expect(worse[0]?.alert).toMatchObject({
      severity: 'critical',
      explanation: 'More and more.',
      revision: 2,
    });
    const [over] = subject.look();
    expect(over).toMatchObject({
      action: 'close-alert',
      alert: { status: 'closed', closedBecause: 'over', revision: 3 },
    });
    expect(over?.alert.openShard).toBeUndefined();
    expect(subject.look()).toEqual([]);
  });

  test('is never less severe than it was', () => {
    const subject = new Subject();
    subject.look(aSignal({ severity: 'critical' }));
    const [step] = subject.look(aSignal({ severity: 'info', explanation: 'Less by now.' }));
    expect(step?.alert).toMatchObject({ severity: 'critical', explanation: 'Less by now.' });
  });

  test('that its owner expected is told no more while it lasts, and is told again when it comes again', () => {
    const subject = new Subject();
    const [opened] = subject.look(aSignal());
    subject.answer(opened?.alert.alertId ?? '');
    expect(subject.look(aSignal({ severity: 'critical', explanation: 'Still more.' }))).toEqual([]);
    expect(Object.keys(subject.incidents)).toEqual(['surge/']);
    expect(subject.look()).toEqual([]);
    expect(subject.incidents).toEqual({});
    expect(told(subject.look(aSignal()))).toEqual(['open-alert surge/']);
  });

  test.each(['rotate', 'suspend'] as const)(
    'that goes on after its owner has answered %s is told anew: it did not help',
    (answer) => {
      const subject = new Subject();
      const [opened] = subject.look(aSignal());
      subject.answer(opened?.alert.alertId ?? '', answer);
      const signal = aSignal({ explanation: 'Still more.' });
      // What it saw began before the answer, and then: what it saw shows nothing any more.
      expect(subject.lookAt({ signals: [signal], from: 9.9, shown: [signal] })).toEqual([]);
      expect(subject.lookAt({ signals: [signal], from: 11 })).toEqual([]);
      const [anew] = subject.lookAt({ signals: [signal], from: 11, shown: [signal] });
      expect(anew).toMatchObject({ action: 'open-alert', alert: { explanation: 'Still more.' } });
      expect(subject.incidents).toEqual({ 'surge/': { alertId: anew?.alert.alertId } });
    },
  );

  test('that was expected is not told anew, whatever a look shows', () => {
    const subject = new Subject();
    const [opened] = subject.look(aSignal());
    subject.answer(opened?.alert.alertId ?? '');
    const signal = aSignal({ severity: 'critical' });
    expect(subject.lookAt({ signals: [signal], from: 12, shown: [signal] })).toEqual([]);
  });

  test('that lasts is written less and less often where nothing but its figures is new', () => {
    const subject = new Subject();
    subject.look(aSignal());
    const written = Array.from({ length: 14 * 24 }, (_, hours) => {
      subject.hour = 11 + hours;
      return subject.look(aSignal({ explanation: `For ${hours} hours.` })).length;
    });
    expect(written.slice(0, 4)).toEqual([1, 1, 1, 1]);
    expect(written.filter((count) => count > 0).length).toBeLessThan(30);
    const worse = subject.look(aSignal({ severity: 'critical', explanation: 'Worse.' }));
    expect(told(worse)).toEqual(['update-alert surge/']);
  });

  test('of another kind or status is another one', () => {
    const subject = new Subject();
    const refusals = (of: string) => aSignal({ kind: 'refusals', of });
    expect(subject.look(refusals('401'), refusals('429'), aSignal())).toHaveLength(3);
    expect(told(subject.look(refusals('429')))).toEqual(['close-alert refusals/401', 'close-alert surge/']);
  });

  test('whose alert is gone is told anew', () => {
    const subject = new Subject();
    subject.look(aSignal());
    subject.alerts.clear();
    expect(told(subject.look(aSignal()))).toEqual(['open-alert surge/']);
  });

  test('ends with the key', () => {
    const subject = new Subject();
    subject.look(aSignal(), aSignal({ kind: 'silence' }));
    expect(subject.end().map(({ alert }) => alert.closedBecause)).toEqual(['key-ended', 'key-ended']);
    expect(subject.incidents).toEqual({});
    expect(subject.end()).toEqual([]);
  });

  test('whatever happens: what is open is what lasts and was not answered, and no alert is ever opened again', () => {
    const anySignal = fc.record({
      kind: fc.constantFrom(...alertKinds),
      severity: fc.constantFrom(...severities),
      of: fc.constantFrom('', '401', '429'),
      explanation: fc.constantFrom('One thing.', 'Another.'),
    });
    const step = fc.record({
      signals: fc.uniqueArray(anySignal, { selector: incidentOf, maxLength: 5 }),
      answer: fc.option(fc.nat(20), { nil: undefined }),
      ends: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const subject = new Subject();
        const closed = new Set<string>();
        for (const { signals, answer, ends } of steps) {
          if (answer !== undefined) subject.answer(`alert_${answer}`);
          const before = new Map(subject.alerts);
          const done = ends ? subject.end() : subject.look(...signals.map((signal) => aSignal(signal)));
          for (const { action, alert } of done) {
            expect(closed.has(alert.alertId)).toBe(false);
            expect(alert.revision).toBe((before.get(alert.alertId)?.revision ?? 0) + 1);
            expect(before.has(alert.alertId)).toBe(action !== 'open-alert');
          }
          const names = ends ? [] : signals.map(incidentOf);
          expect(Object.keys(subject.incidents).toSorted()).toEqual(names.toSorted());
          for (const alert of subject.alerts.values()) {
            if (alert.status === 'closed') closed.add(alert.alertId);
            const lasts = subject.incidents[incidentOf(alert)]?.alertId === alert.alertId;
            if (alert.status === 'open') expect(lasts).toBe(true);
            if (lasts && alert.answer === undefined) expect(alert.status).toBe('open');
          }
        }
      }),
    );
  });
});

describe('what a look sees', () => {
  const now = Date.parse('2026-11-17T10:00:05Z');
  const period = { name: '2026-11', startsAt: Date.parse('2026-11-01T00:00:00Z') };
  const counted = { period: '2026-11', requests: 100, refused401: 1, refused403: 0, refused429: 5 };
  const through = '2026-11-17T09:00:04.000Z';

  test('is what was counted since the last one', () => {
    const item = { through, counted, refused401: 1, refused429: 9, networks: new Set(['198.51.100.0/24']) };
    const { sights, counted: next } = seenOf(item, {
      now,
      period,
      requests: 130,
      firstAt: '2026-11-17T09:30:00Z',
    });
    expect(sights).toEqual([
      {
        from: Date.parse(through),
        to: now,
        requests: 30,
        refused: { '429': 4 },
        networks: ['198.51.100.0/24'],
      },
    ]);
    expect(next).toEqual({ period: '2026-11', requests: 130, refused401: 1, refused403: 0, refused429: 9 });
  });

  test('tells the hours in which nothing came from those in which something did', () => {
    const item = { through: '2026-11-10T09:00:04.000Z', counted };
    const { sights } = seenOf(item, { now, period, requests: 130, firstAt: '2026-11-17T08:30:00Z' });
    const first = Date.parse('2026-11-17T08:00:00Z');
    expect(sights).toMatchObject([
      { from: Date.parse('2026-11-10T09:00:04Z'), to: first, requests: 0 },
      { from: first, to: now, requests: 30 },
    ]);
  });

  test('goes on over the end of a month, and never below nothing', () => {
    const item = { through: '2026-10-31T23:00:04.000Z', counted: { ...counted, period: '2026-10' } };
    const reading = { now, period, requests: 7, firstAt: '2026-11-17T09:30:00Z' };
    expect(seenOf(item, { ...reading, formerRequests: 120 }).sights.at(-1)?.requests).toBe(27);
    expect(seenOf(item, { ...reading, formerRequests: 90 }).sights.at(-1)?.requests).toBe(7);
    expect(seenOf({ through, counted }, { ...reading, requests: 50 }).sights[0].requests).toBe(0);
  });

  test('is at first all of a key that is new, and its share of one that was there before', () => {
    const reading = { now, period, requests: 9_600, firstAt: '2026-11-17T09:30:00Z' };
    const from = Date.parse('2026-11-17T09:00:00Z');
    const ofNew = seenOf({}, { ...reading, createdAt: '2026-11-17T09:29:00Z' });
    expect(ofNew.sights).toMatchObject([{ from, to: now, requests: 9_600 }]);
    const ofOld = seenOf({}, { ...reading, createdAt: '2026-08-01T00:00:00Z' });
    // Sixteen days and ten hours of the month.
    expect(ofOld.sights[0].requests).toBeGreaterThan(20);
    expect(ofOld.sights[0].requests).toBeLessThan(30);
  });

  test('is a time that has passed, whatever the logs say', () => {
    const late = seenOf({ through }, { now, period, requests: 1, firstAt: '2026-11-17T12:30:00Z' });
    for (const { from, to } of late.sights) expect(from).toBeLessThan(to);
    expect(hourOf(now)).toBe(Date.parse('2026-11-17T10:00:00Z'));
  });
});

describe('what is told', () => {
  const all = alertKinds.map((kind) => aSignal({ kind }));
  const kinds = (signals: readonly Signal[]) => signals.map(({ kind }) => kind);

  test('of a subscription is what no key of it tells', () => {
    const quota = ['quota-threshold', 'quota-forecast'];
    const of = (activeKeys: number, ...shown: string[]) =>
      kinds(
        ofSubscription(all, {
          activeKeys,
          shownByKeys: kindsOf(Object.fromEntries(shown.map((name) => [name, {}]))),
        }),
      );
    expect(of(1)).toEqual(quota);
    expect(of(2)).toEqual(['surge', 'silence', ...quota]);
    expect(of(2, 'surge/')).toEqual(['silence', ...quota]);
    expect(of(5, 'surge/', 'silence/', 'refusals/429')).toEqual(quota);
  });

  test('of the API is that requests were refused', () => {
    expect(kinds(ofApi(all))).toEqual(['refusals']);
  });
});
