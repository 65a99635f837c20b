import { commit, type DocumentClient, retryContended } from '../runtime/dynamodb.ts';
import { NotFoundError } from '../runtime/errors.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { acknowledged } from './rules/alert-item.ts';
import { type AlertView, alertView } from './rules/alert-view.ts';
import type { AlertStore } from './stores/alert-store.ts';

/**
 * An admin has seen an alert. The first one stays on it; whoever does it again changes nothing, and is answered with who was.
 * @throws NotFoundError
 */
export function acknowledgeAlert(
  { alertId, note }: { readonly alertId: string; readonly note?: string | undefined },
  act: Act,
  { client, alerts }: { readonly client: DocumentClient; readonly alerts: AlertStore },
): Promise<AlertView> {
  return retryContended(async () => {
    const alert = await alerts.get(alertId);
    if (alert === undefined) throw new NotFoundError(`there is no alert ${alertId}`);
    const next = acknowledged(alert, { by: act.actor.id, note }, changeOf('acknowledge-alert', act, note));
    if (next === undefined) return alertView(alert);
    const { kind } = await commit(client, [alerts.replacement(next)]);
    return kind === 'written' ? alertView(next) : undefined;
  }, 'nothing was written');
}
