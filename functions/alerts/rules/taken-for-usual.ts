import type { AlertItem } from './alert-item.ts';
import { hasPassed, hour } from './model/numbers.ts';
import { refusalRules } from './model/refusals.ts';
import { silenceRules } from './model/silence.ts';
import { surgeRules } from './model/surge.ts';
import type { AlertKind } from './signal.ts';

/** Milliseconds after which what lasts is the new usual; what is of another kind never becomes that. */
const acceptedAfter: Partial<Record<AlertKind, number>> = {
  surge: surgeRules.accepted * hour,
  refusals: refusalRules.accepted * hour,
  silence: silenceRules.accepted,
};

/** Whether an alert that was closed as over has lasted so long that it is the new usual: it may well go on. */
export function isTakenForUsual({
  kind,
  facts,
  closedAt,
}: Pick<AlertItem, 'kind' | 'facts' | 'closedAt'>): boolean {
  const accepted = acceptedAfter[kind];
  if (accepted === undefined || closedAt === undefined) return false;
  return hasPassed(Date.parse(closedAt) - Date.parse(String(facts['since'])), accepted);
}
