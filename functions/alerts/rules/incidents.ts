import type { Change, ChangeAction } from '../../runtime/rules/change.ts';
import type { Incident } from './activity-item.ts';
import { type AlertItem, type ClosingReason, closed, type Opening, opened, updated } from './alert-item.ts';
import type { Signal } from './signal.ts';

/** The incidents of a subject that last, by kind and `of`. */
export type Incidents = Readonly<Record<string, Incident>>;

export type AlertAction = Extract<ChangeAction, 'open-alert' | 'update-alert' | 'close-alert'>;

/** What a look does to one alert. */
export interface AlertStep {
  readonly action: AlertAction;
  /** As it is to be written. */
  readonly alert: AlertItem;
}

export interface Followed {
  readonly incidents: Incidents;
  readonly steps: readonly AlertStep[];
}

/** What new and changed alerts are made with. */
export interface Making {
  /** Whose the next alert is; its id is new each time. */
  opening(): Opening;
  change(action: AlertAction): Change;
}

/** Alerts as they are now, by id. */
export type Alerts = ReadonlyMap<string, AlertItem>;

/** The name of an incident among those of its subject. */
export const incidentOf = ({ kind, of }: Pick<Signal, 'kind' | 'of'>): string => `${kind}/${of}`;

/** What a look found. */
export interface Found {
  /** ISO 8601: what it saw happened from then on. */
  readonly from: string;
  readonly signals: readonly Signal[];
  /** Those of them that this look's own sight shows. */
  readonly shown: readonly Signal[];
}

/**
 * What follows from the signals of a look. A signal that is new opens an alert, one that lasts brings its alert up to date,
 * one that is gone closes it. An alert that was closed before its signal went, by its owner's answer, stays closed, and
 * its incident lasts until the signal goes: as long, nothing of that kind and `of` is told again. But what goes on though
 * its owner has done something about it is told anew: they stopped the key, or gave it a new secret, and it did not help.
 */
export function followed(
  incidents: Incidents,
  { from, signals, shown }: Found,
  alerts: Alerts,
  making: Making,
): Followed {
  const seen = new Map(signals.map((signal) => [incidentOf(signal), signal]));
  const steps: AlertStep[] = [];
  const next = [...seen].map(([name, signal]): [string, Incident] => {
    const incident = incidents[name];
    const alert = incident && alerts.get(incident.alertId);
    const isAnew = alert !== undefined && isEndedBefore(alert, from) && shown.includes(signal);
    // One that is gone tells nobody: the signal is told anew.
    if (incident === undefined || alert === undefined || isAnew) {
      const begun = opened(making.opening(), signal, making.change('open-alert'));
      steps.push({ action: 'open-alert', alert: begun });
      return [name, { alertId: begun.alertId }];
    }
    const changed = updated(alert, signal, making.change('update-alert'));
    if (changed !== undefined) steps.push({ action: 'update-alert', alert: changed });
    return [name, { alertId: alert.alertId }];
  });
  const gone = Object.entries(incidents).filter(([name]) => !seen.has(name));
  return {
    incidents: Object.fromEntries(next),
    steps: [...steps, ...closing(gone, 'over', alerts, making)],
  };
}

/** Whether its owner has ended what it was about, by a new secret or by suspending the key, before this moment. */
export function isEndedBefore({ answer }: Pick<AlertItem, 'answer'>, moment: string): boolean {
  return answer !== undefined && answer.answer !== 'expected' && answer.at <= moment;
}

/** What follows when there is nothing left to look at: what is open is closed. */
export function ended(incidents: Incidents, alerts: Alerts, making: Making): Followed {
  return { incidents: {}, steps: closing(Object.entries(incidents), 'key-ended', alerts, making) };
}

function closing(
  gone: readonly (readonly [string, Incident])[],
  because: ClosingReason,
  alerts: Alerts,
  making: Making,
): AlertStep[] {
  return gone.flatMap(([, { alertId }]) => {
    const alert = alerts.get(alertId);
    const over = alert && closed(alert, because, making.change('close-alert'));
    return over === undefined ? [] : [{ action: 'close-alert', alert: over }];
  });
}
