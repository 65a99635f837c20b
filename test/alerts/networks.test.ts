import { describe, expect, test } from 'vitest';
import { day, hour, only, start, steadily, watched } from './traffic.ts';

const home = '198.51.100.0/24';
const office = '192.0.2.0/24';
const strange = '203.0.113.0/24';
const from =
  (...networks: string[]) =>
  (at: number) => ({ ...steadily(at), networks });

describe('a new network', () => {
  test('of a key with one is told with the new and the known, for a day', () => {
    const key = watched();
    key.live(14, from(home));
    const signal = only(key.look(from(home, strange)(key.now)));
    expect(signal).toMatchObject({ kind: 'new-network', severity: 'warning', of: strange });
    expect(signal.explanation).toBe(
      `Requests came from a network that this key was not used from before: ${strange}, first between 00:00 and 01:00 UTC on 19 October. Known since 5 October: ${home}.`,
    );
    expect(signal.facts).toMatchObject({ networks: strange, known: home });
    expect(key.lookAt).toBeLessThanOrEqual(start + 15 * day);
    expect(key.live(22 / 24, from(home))).toHaveLength(22);
    expect(key.look(from(home)(key.now))).toEqual([]);
    expect(key.live(3, from(home, strange))).toEqual([]);
  });

  test('of a key with three is told; of one with four it is not', () => {
    const three = watched();
    three.live(14, from(home, office, '192.0.3.0/24'));
    expect(only(three.look(from(strange)(three.now))).severity).toBe('info');
    const four = watched();
    four.live(14, from(home, office, '192.0.3.0/24', '192.0.4.0/24'));
    expect(four.look(from(strange)(four.now))).toEqual([]);
  });

  test('is not told in the first seven days', () => {
    const key = watched();
    key.live(6.9, from(home));
    expect(key.look(from(strange)(key.now))).toEqual([]);
  });

  test('ends without traffic at the time that was asked for', () => {
    const key = watched();
    key.live(14, (at) => ({ requests: (at / hour) % 24 === 0 ? 1 : 0, networks: [home] }));
    key.look({ requests: 1, networks: [strange] });
    const { lookAt = 0 } = key;
    expect(lookAt).toBe(start + 15 * day);
    expect(key.look({}, (lookAt - key.now) / hour)).toEqual([]);
  });

  test('is one incident with others that come with it', () => {
    const key = watched();
    key.live(14, from(home));
    const signal = only(key.look(from(strange, office)(key.now)));
    expect(signal).toMatchObject({ of: office, facts: { networks: `${office}, ${strange}`, known: home } });
    expect(only(key.look(from(strange, home)(key.now)))).toEqual(signal);
  });

  test('that comes later on the same day is an incident of its own: the first may have been expected', () => {
    const key = watched();
    key.live(14, from(home));
    const first = only(key.look(from(strange)(key.now)));
    const both = key.look(from(office)(key.now));
    expect(both).toMatchObject([
      first,
      { of: office, severity: 'warning', facts: { networks: office, known: home } },
    ]);
    key.live(21 / 24, from(home));
    expect(only(key.look(from(home)(key.now))).of).toBe(office);
    expect(key.look(from(home)(key.now))).toEqual([]);
  });

  test('after network after network is told three times: by then the key is at home in many', () => {
    const key = watched();
    key.live(14, from(home));
    const told = Array.from({ length: 10 }, (_, n) => key.look(from(`192.0.${n + 10}.0/24`)(key.now)));
    expect(told.map((signals) => signals.length)).toEqual([1, 2, 3, 3, 3, 3, 3, 3, 3, 3]);
  });

  test('that is not wanted is none of the key’s: where it comes again it is new, and the others are as known as before', () => {
    const key = watched();
    key.live(14, from(home));
    key.look(from(strange)(key.now));
    expect(key.look({ ...from(home)(key.now), unwanted: [strange] })).toEqual([]);
    expect(Object.keys(key.model.networks?.seen ?? {})).toEqual([home]);
    expect(only(key.look({ ...from(strange, home)(key.now), unwanted: [strange] }))).toMatchObject({
      severity: 'warning',
      facts: { networks: strange, known: home },
    });
  });

  test('of many that come at once is told with all of them, and none takes the place of those that were known', () => {
    const key = watched();
    key.live(14, from(home));
    const many = Array.from({ length: 12 }, (_, n) => `10.0.${n + 10}.0/24`);
    const { explanation, facts } = only(key.look(from(...many, home)(key.now)));
    expect(explanation).toContain(`from 12 networks that`);
    expect(explanation).toContain(`${many.slice(0, 5).join(', ')} and 7 more`);
    expect(facts).toMatchObject({ networks: many.join(', '), known: home });
    expect(Object.keys(key.model.networks?.seen ?? {})).toContain(home);
    key.look({ ...from(home)(key.now), unwanted: many });
    expect(Object.keys(key.model.networks?.seen ?? {})).toEqual([home]);
  });

  test('that nobody has used for two months is new again', () => {
    const key = watched();
    key.live(10, from(home, office));
    key.live(61, from(home));
    expect(only(key.look(from(office)(key.now))).facts).toMatchObject({ networks: office, known: home });
  });
});
