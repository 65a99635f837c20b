import type { AlertMail } from '../../functions/delivery/rules/alert-mail.ts';

export const alertId = 'alert_01KP2Q3R4S5T6V7W8X9Y0Z1A2B';
export const dashboardUrl = 'https://dashboard.aiweedcompany.com';
/** Where the alert is in the dashboard. */
export const page = `${dashboardUrl}/alerts/${alertId}`;

const about = {
  kind: 'alert-opened',
  alertId,
  of: '',
  openedAt: '2027-03-03T14:00:03.000Z',
  at: '2027-03-03T14:00:03.000Z',
  isLate: false,
  subscriptionId: 'sub_abcdefghijklmnopqrst',
  name: 'Ada',
  dashboardUrl,
} as const;
const key = { keyId: 'A1b2C3d4E5f6', display: 'user_A1b2C...', name: 'Production' };
const suspendedKey = { ...key, suspendedAt: '2027-03-03T14:00:21.000Z' };
const surge = {
  ...about,
  what: 'surge',
  severity: 'warning',
  explanation:
    '412 requests between 13:00 and 14:00 UTC on 3 March 2027; usual for this hour of the day: 9–21.',
} as const;
const silence = {
  ...about,
  what: 'silence',
  severity: 'warning',
  explanation: 'No requests since 08:00 UTC on 3 March 2027; usual are 40–60 in an hour.',
} as const;
const refusals = {
  ...about,
  what: 'refusals',
  severity: 'warning',
  explanation: '1,204 requests were refused between 13:00 and 14:00 UTC; usual are none.',
} as const;
const threshold = {
  ...about,
  what: 'quota-threshold',
  of: '2027-03/80',
  severity: 'warning',
  explanation: '8,012 of the 10,000 requests of March 2027 are used.',
} as const;

/** One of each kind and variant, by a name that says which. */
export const alertSamples: Readonly<Record<string, AlertMail>> = {
  surge: { ...surge, key },
  'surge of the whole subscription': surge,
  'surge, risen': {
    ...surge,
    kind: 'alert-risen',
    at: '2027-03-03T16:00:03.000Z',
    severity: 'critical',
    key,
  },
  'surge, suspended': { ...surge, severity: 'critical', key: suspendedKey },
  'surge, suspended for another alert too': {
    ...surge,
    severity: 'critical',
    key: { ...suspendedKey, isHeldElsewhere: true },
  },
  'surge, late': { ...surge, isLate: true, key },
  'surge, over': { ...surge, kind: 'alert-over', at: '2027-03-03T18:00:03.000Z', key },
  silence: { ...silence, key },
  'silence, over': { ...silence, kind: 'alert-over', at: '2027-03-03T18:00:03.000Z', key },
  'woke-up': {
    ...about,
    what: 'woke-up',
    severity: 'warning',
    explanation: '17 requests since 13:00 UTC on 3 March 2027, the first since 9 January 2027.',
    key,
  },
  'refusals 401': { ...refusals, of: '401', key },
  'refusals 403': { ...refusals, of: '403', key },
  'refusals 429': { ...refusals, of: '429', severity: 'critical', key },
  'refusals, over': { ...refusals, of: '429', kind: 'alert-over', at: '2027-03-03T18:00:03.000Z', key },
  'new-network': {
    ...about,
    what: 'new-network',
    severity: 'info',
    explanation: 'Requests came from the network 203.0.113.0/24. So far all came from 198.51.100.0/24.',
    key,
  },
  'quota-threshold 50': { ...threshold, of: '2027-03/50', severity: 'info' },
  'quota-threshold 80': threshold,
  'quota-threshold 100': { ...threshold, of: '2027-03/100', severity: 'critical' },
  'quota-forecast': {
    ...about,
    what: 'quota-forecast',
    severity: 'warning',
    explanation: 'At this pace the 10,000 requests of March 2027 are used up on 19 March.',
  },
};

export const alertSampleTable = Object.entries(alertSamples);

/** The sample of that name. Throws for one that is not there. */
export function alertSample(name: string): AlertMail {
  const found = alertSamples[name];
  if (found === undefined) throw new Error(`there is no sample alert "${name}"`);
  return found;
}
