import { type AlertItem, alertTitle, platform } from '../../alerts/rules/index.ts';
import type { AdminAlert } from './admin-alert.ts';
import type { AlertTurn } from './alert-news.ts';

/** What the admins are told of one alert. */
export interface AlertForAdmins {
  readonly turn: AlertTurn;
  readonly alert: AlertItem;
  /** Whether its key is suspended for it by policy. */
  readonly isSuspended: boolean;
  /** Why its owner could not be mailed; absent where that was done, or was not to be. */
  readonly unsent?: string;
}

/** More at once become one message: a storm of alerts must not be one of mails. */
const mostAtOnce = 5;
const named = 10;
const runbook = 'docs/runbook.md#an-alert-tells-of-unusual-traffic';

/** A message, and what it tells of. */
export interface MessageForAdmins<News extends AlertForAdmins> {
  readonly message: AdminAlert;
  readonly news: readonly News[];
}

/** The messages that tell of these: one for each, or one that counts them all and names the most severe. */
export function messagesForAdmins<News extends AlertForAdmins>(
  news: readonly News[],
): MessageForAdmins<News>[] {
  if (news.length > mostAtOnce) return [{ message: digestOf(news), news }];
  return news.map((each) => ({ message: messageOf(each), news: [each] }));
}

function messageOf(news: AlertForAdmins): AdminAlert {
  const { turn, alert, isSuspended, unsent } = news;
  const { alertId, subscriptionId, explanation, openedAt, severity } = alert;
  const turned = { opened: '', risen: `, ${severity} since ${alert.change.at}`, over: ', over' }[turn];
  return {
    subject: `Latchkey: ${severity}: ${titleOf(alert)}`,
    text: [
      explanation,
      '',
      aboutOf(alert),
      `alert ${alertId}, opened at ${openedAt}${turned}`,
      ...(isSuspended
        ? ['The key is suspended by policy. Its owner lets it go on: with a new secret, or by "this was me".']
        : []),
      ...(unsent === undefined ? [] : [`Its owner was not mailed: ${unsent}. Reach the owner another way.`]),
      '',
      `list-alerts with {"subscriptionId": "${subscriptionId}"} tells what else there is.`,
      `acknowledge-alert with {"alertId": "${alertId}"} says that you look after it.`,
      runbook,
    ].join('\n'),
  };
}

function digestOf(news: readonly AlertForAdmins[]): AdminAlert {
  const worst = news.filter(({ alert }) => alert.severity === 'critical').length;
  const bySeverity = (least: AlertItem['severity']) => news.filter(({ alert }) => alert.severity === least);
  const sorted = [...bySeverity('critical'), ...bySeverity('warning'), ...bySeverity('info')];
  const byTitle = Map.groupBy(sorted, ({ alert }) => titleOf(alert));
  const suspended = news.filter(({ isSuspended }) => isSuspended).length;
  const unsent = news.filter((each) => each.unsent !== undefined).length;
  return {
    subject: `Latchkey: ${news.length} alerts of unusual traffic, ${worst} critical`,
    text: [
      `${news.length} alerts came at about the same time:`,
      ...[...byTitle].map(([title, some]) => `- ${some.length}: ${title}`),
      '',
      `The first ${named}, the most severe before the others:`,
      ...sorted
        .slice(0, named)
        .map(
          ({ alert }) => `- ${alert.severity}: ${titleOf(alert)}; ${aboutOf(alert)}, alert ${alert.alertId}`,
        ),
      '',
      ...(suspended > 0 ? [`Keys that are suspended by policy: ${suspended}.`] : []),
      ...(unsent > 0
        ? [`Owners who could not be mailed: ${unsent}. The log of deliver-alerts names them.`]
        : []),
      'So many at once mostly have one cause: look at the service first.',
      'list-alerts with {} tells all that are open. acknowledge-alert with {"alertId": "<alert>"} says that you look after one.',
      runbook,
    ].join('\n'),
  };
}

/** Owners know refusals by their key. Where none was accepted, it may be an old, a suspended or a revoked one, or none at all. */
function titleOf({ kind, of, subscriptionId }: AlertItem): string {
  const isOfNoKey = kind === 'refusals' && subscriptionId === platform;
  const title = isOfNoKey ? 'many refused requests without an accepted key' : alertTitle({ kind, of });
  return kind === 'refusals' ? `${title} (${of})` : title;
}

function aboutOf({ keyId, subscriptionId, tier }: AlertItem): string {
  const key = keyId === undefined ? '' : `key ${keyId}, `;
  return `${key}subscription ${subscriptionId}${tier === undefined ? '' : `, tier ${tier}`}`;
}
