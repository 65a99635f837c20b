import { describe, expect, test } from 'vitest';
import { refusalStatuses } from '../../functions/alerts/rules/index.ts';
import { hour, kindsOf, only, steadily, watched } from './traffic.ts';

describe('refusals', () => {
  test.each(refusalStatuses)('with %s are told with their status, and end', (status) => {
    const key = watched();
    key.live(7, steadily);
    const signal = only(key.look({ requests: 12, refused: { [status]: 86 } }));
    expect(signal).toMatchObject({
      kind: 'refusals',
      severity: 'warning',
      of: status,
      facts: { refused: 86 },
    });
    expect(signal.explanation).toMatch(
      new RegExp(
        `^86 requests were refused with ${status} \\(.+\\) between 00:00 and 01:00 UTC on 12 October; usually there are none\\.$`,
      ),
    );
    expect(key.lookAt).toBe(key.now + hour);
    key.look(steadily(key.now));
    expect(key.look(steadily(key.now))).toEqual([]);
  });

  test('of a suspended key are what was wanted, and are not taken for usual; with another status they are told', () => {
    const key = watched();
    key.live(7, steadily);
    for (let hours = 0; hours < 48; hours++) {
      expect(key.look({ refused: { '401': 500 }, isSuspended: true })).toEqual([]);
    }
    expect(key.model.refusals).toEqual({});
    expect(only(key.look({ refused: { '401': 86, '403': 60 }, isSuspended: true })).of).toBe('403');
    expect(key.look({ requests: 12, refused: { '401': 86 } }).map(({ of }) => of)).toEqual(['401', '403']);
  });

  test('are over after two usual hours, though the last look comes some seconds sooner than the first', () => {
    const key = watched();
    key.live(7, steadily);
    key.look({ requests: 12, refused: { '401': 86 } }, 1 + 40 / 3600);
    expect(kindsOf(key.look({ requests: 12 }))).toEqual(['refusals']);
    expect(key.look({ requests: 12 }, 1 - 40 / 3600)).toEqual([]);
  });

  test('of two statuses are two signals', () => {
    const key = watched();
    key.live(7, steadily);
    const told = key.look({ requests: 12, refused: { '401': 90, '403': 70 } });
    expect(told.map(({ of }) => of)).toEqual(['401', '403']);
  });

  test('by the thousand are critical, but for those by which limits work', () => {
    const key = watched();
    key.live(7, steadily);
    const told = key.look({ requests: 12, refused: { '401': 5_000, '429': 5_000 } });
    expect(told.map(({ severity }) => severity)).toEqual(['critical', 'warning']);
  });

  test('that are few, or few of many, or as usual, are not told', () => {
    const few = watched();
    few.live(7, steadily);
    expect(few.look({ requests: 3, refused: { '403': 19 } })).toEqual([]);

    const many = watched();
    many.live(7, () => ({ requests: 5_000 }));
    expect(many.look({ requests: 5_000, refused: { '403': 60 } })).toEqual([]);

    const always = watched();
    expect(always.live(14, () => ({ requests: 10, refused: { '429': 200 } }))).toEqual([]);
  });

  test('that go on for more than a day are the new usual', () => {
    const key = watched();
    key.live(7, steadily);
    const revoked = () => ({ refused: { '401': 300 } });
    expect(kindsOf(key.live(1, revoked))).toContain('refusals');
    key.live(1, revoked);
    expect(kindsOf(key.live(5, revoked))).not.toContain('refusals');
  });

  test('are never told in the first three days', () => {
    expect(watched().live(3, (at) => ({ refused: { '401': at % (20 * hour) === 0 ? 900 : 0 } }))).toEqual([]);
  });
});
