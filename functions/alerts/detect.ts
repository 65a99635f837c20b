import { backoff } from '../runtime/dynamodb.ts';
import type { Act } from '../runtime/rules/change.ts';
import { describeError, logger } from '../runtime/telemetry.ts';
import { type GatherDependencies, gather, type View } from './gather.ts';
import { isDue, type LookDependencies, lookAtSubscription, type Outcome } from './look-at-subscription.ts';
import { lookShards } from './rules/activity-item.ts';
import type { ActivityStore, DueSubject } from './stores/activity-store.ts';

export type DetectionDependencies = LookDependencies &
  GatherDependencies & { readonly activity: ActivityStore };

export interface DetectionReport {
  /** Looks that were taken: keys, subscriptions, and the API as a whole. */
  readonly looked: number;
  /** Alerts. */
  readonly opened: number;
  readonly updated: number;
  readonly closed: number;
  /** Subjects that could not be looked at, which are due still, and keys that could not be suspended. */
  readonly failed: number;
  /** Seconds by which the look that was due first came late: it is due within the hour after what it is about. */
  readonly oldestLagSeconds: number;
  /** Whether time ran out before all was done: the next run goes on. */
  readonly stoppedEarly: boolean;
}

const subscriptionsAtOnce = 32;
/** How often a subscription is looked at again because somebody else wrote at the same moment... */
const attempts = 6;
/** ...and from which time on it is written though the logs go on: a flood of requests is no way not to be looked at. */
const insistsFrom = 2;
const hour = 3_600_000;

/**
 * Looks at all that is due: what was used since its last look, and what something is awaited of. A run costs what is due,
 * not what exists. Running twice, twice at once or dying anywhere tells nothing twice: see `lookAtSubscription`.
 * @param hasTime false when no more may be begun
 */
export async function detect(
  act: Act,
  hasTime: () => boolean,
  dependencies: DetectionDependencies,
): Promise<DetectionReport> {
  const counts = { looked: 0, 'open-alert': 0, 'update-alert': 0, 'close-alert': 0 };
  const failed = new Set<string>();
  let oldestLagSeconds = 0;
  const report = (stoppedEarly: boolean): DetectionReport => ({
    looked: counts.looked,
    opened: counts['open-alert'],
    updated: counts['update-alert'],
    closed: counts['close-alert'],
    failed: failed.size,
    oldestLagSeconds,
    stoppedEarly,
  });

  function note({ written, failed: ofView }: Outcome, view: View): void {
    counts.looked += written.length;
    const lookedAt = new Map(view.items.map((item) => [item.subject, item.lookAt]));
    for (const { subject, actions } of written) {
      failed.delete(subject);
      for (const action of actions) counts[action] += 1;
      noteLag(lookedAt.get(subject), view.now);
    }
    for (const subject of ofView) {
      failed.add(subject);
      noteLag(lookedAt.get(subject), view.now);
    }
  }

  function noteLag(lookAt: string | undefined, now: number): void {
    const late = lookAt === undefined ? 0 : Math.floor((now - Date.parse(lookAt) - hour) / 1000);
    if (late > oldestLagSeconds) oldestLagSeconds = late;
  }

  async function take(view: View): Promise<void> {
    let present: View | undefined = view;
    for (let tried = 0; present !== undefined; tried++) {
      const outcome = await lookAtSubscription(present, act, dependencies, { insists: tried >= insistsFrom });
      note(outcome, present);
      if (!outcome.contended) return;
      const subjects: string[] = present.items.map(({ subject }) => subject);
      if (tried === attempts - 1) return giveUp(present, outcome);
      await backoff(tried + 1);
      [present] = await gather(subjects, dependencies);
    }
  }

  /** Whoever is written to all the time, and not by the logs: they are due still. */
  function giveUp({ subscriptionId, items, now }: View, { written }: Outcome): void {
    const done = new Set(written.map(({ subject }) => subject));
    const left = items.filter((item) => isDue(item, now) && !done.has(item.subject));
    for (const { subject, lookAt } of left) {
      failed.add(subject);
      noteLag(lookAt, now);
    }
    logger.error('left for the next run: others write all the time', { of: subscriptionId });
  }

  /** What cannot be read must not hold up the rest. */
  async function attempt(subjects: readonly string[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      for (const subject of subjects) failed.add(subject);
      logger.error('subjects could not be looked at', { subjects: subjects.length, ...describeError(error) });
    }
  }

  async function takePage(page: readonly DueSubject[]): Promise<void> {
    const subjects = page.map(({ subject }) => subject);
    const views = await gather(subjects, dependencies);
    const known = new Set(views.flatMap(({ items }) => items.map(({ subject }) => subject)));
    const { now = 0 } = views[0] ?? {};
    for (let from = 0; from < views.length; from += subscriptionsAtOnce) {
      const some = views.slice(from, from + subscriptionsAtOnce);
      await Promise.all(
        some.map((view) =>
          attempt(
            view.items.filter((item) => isDue(item, now)).map(({ subject }) => subject),
            () => take(view),
          ),
        ),
      );
    }
    await namesNobody(
      subjects.filter((subject) => !known.has(subject)),
      now,
    );
  }

  /** An item that is nobody's was written past the product; one that is gone was removed since it was found. */
  async function namesNobody(subjects: readonly string[], now: number): Promise<void> {
    if (subjects.length === 0) return;
    for (const item of await dependencies.activity.many(subjects)) {
      if (!isDue(item, now || dependencies.clock())) continue;
      failed.add(item.subject);
      logger.error('a subject does not say whose it is', { subject: item.subject });
    }
  }

  // Another partition first each hour: where time runs out, it is not always for the same ones.
  const begin = Math.floor(act.now.getTime() / hour);
  for (let index = 0; index < lookShards; index++) {
    for await (const page of dependencies.activity.due((begin + index) % lookShards, act.now)) {
      if (!hasTime()) return report(true);
      await attempt(
        page.map(({ subject }) => subject),
        () => takePage(page),
      );
    }
  }
  return report(false);
}
