import { ulid } from 'ulid';
import { isSuspended, type KeyItem } from '../keys/index.ts';
import { commit, isThrottled, retryContended } from '../runtime/dynamodb.ts';
import { type Act, changeOf } from '../runtime/rules/change.ts';
import { limitsOf, type TierLimitsOfStage } from '../runtime/rules/tier-limits.ts';
import { describeError, logger } from '../runtime/telemetry.ts';
import type { View } from './gather.ts';
import {
  type ActivityItem,
  apiSubject,
  keptSeconds,
  keyIdOf,
  lookShardOf,
  subscriptionSubject,
} from './rules/activity-item.ts';
import { alertIdPrefix } from './rules/alert-id.ts';
import { openShards, platform } from './rules/alert-item.ts';
import type { AlertAction, Making } from './rules/incidents.ts';
import { hourOf } from './rules/sights.ts';
import { kindsOf, ofApi, ofSubscription } from './rules/told-signals.ts';
import type { ActivityStore } from './stores/activity-store.ts';
import type { AlertStore } from './stores/alert-store.ts';
import { suspendAfterLook } from './suspend-after-look.ts';
import type { SuspensionDependencies } from './suspend-by-policy.ts';
import { examineApi, examineKey, examineSubscription, type Look, lastLook, lookOf } from './take-a-look.ts';

export interface LookDependencies extends SuspensionDependencies {
  readonly activity: Pick<ActivityStore, 'taken'>;
  readonly alerts: Pick<AlertStore, 'get' | 'creation' | 'replacement'>;
  /** Limits of the stage's tiers. */
  readonly limits: Readonly<Record<string, TierLimitsOfStage>>;
}

export interface Outcome {
  /** Subjects whose look was written, each with what it did to alerts. */
  readonly written: readonly { readonly subject: string; readonly actions: readonly AlertAction[] }[];
  /** Subjects that could not be looked at, which are due still, and keys that could not be suspended. */
  readonly failed: readonly string[];
  /** Whether somebody else wrote in between: what is left is to be read and looked at again. */
  readonly contended: boolean;
}

/**
 * Looks at those of a subscription's keys that are due, and at the subscription as a whole. What is told of the whole depends
 * on the keys, so they are looked at first; but the whole is written first: dying in between leaves keys that are due
 * still, and with them all that is left to do. Each look is one transaction with the alerts that it opens and closes, on
 * condition that nobody has written its item since.
 * @param insists whether what the logs have added since it was read is left to a look of the next hour
 */
export async function lookAtSubscription(
  view: View,
  act: Act,
  dependencies: LookDependencies,
  { insists = false }: { readonly insists?: boolean } = {},
): Promise<Outcome> {
  const failed = new Set<string>();
  const due = view.items.filter((item) => isDue(item, view.now));
  if (due.length === 0) return { written: [], failed: [], contended: false };
  const group = createGroup(view, act, dependencies);

  async function attempt<T>(subject: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      failed.add(subject);
      logger.error('a subject could not be looked at', { subject, ...describeError(error) });
      return undefined;
    }
  }

  const ofParts = due.filter(({ subject }) => subject !== group.whole.subject);
  const parts = await Promise.all(ofParts.map((item) => attempt(item.subject, () => group.lookAtPart(item))));
  const looks = parts.filter((look) => look !== undefined);
  const written: Outcome['written'][number][] = [];

  /** @returns whether others may follow */
  async function write(look: Look): Promise<'written' | 'contended' | undefined> {
    const { subject } = look.item;
    return attempt(subject, async () => {
      if (!(await commitLook(look, insists, dependencies))) return 'contended';
      written.push({ subject, actions: look.steps.map(({ action }) => action) });
      const asOfReading = { ...act, now: new Date(view.now) };
      if (!(await suspendAfterLook(look, asOfReading, dependencies))) failed.add(subject);
      return 'written';
    });
  }

  const { subject: whole } = group.whole;
  const ofWhole = await attempt(whole, () => group.lookAtWhole(looks));
  const first = ofWhole === undefined ? 'written' : await write(ofWhole);
  if (first !== 'written') return { written, failed: [...failed], contended: first === 'contended' };
  const outcomes = await Promise.all(looks.map(write));
  return { written, failed: [...failed], contended: outcomes.includes('contended') };
}

/** Whether a subject waits to be looked at; once in an hour is enough. */
export function isDue({ lookAt, through }: ActivityItem, now: number): boolean {
  const awaited = lookAt !== undefined && Date.parse(lookAt) <= now;
  // What is no time was written past the product: looking at it fails, and is told.
  return awaited && !(through !== undefined && Date.parse(through) >= hourOf(now));
}

/**
 * Whether a look depends on the key itself: on its age, where it is the first one; on whether it is suspended, where no
 * request came or it was refused.
 */
const isKeyRead = ({ through, firstAt, refused401 = 0, counted }: ActivityItem): boolean =>
  through === undefined || firstAt === undefined || refused401 > (counted?.refused401 ?? 0);

async function commitLook(
  { item, taken, steps }: Look,
  insists: boolean,
  { client, activity, alerts }: LookDependencies,
): Promise<boolean> {
  const writes = steps.map(({ action, alert }) =>
    action === 'open-alert' ? alerts.creation(alert) : alerts.replacement(alert),
  );
  // A storm may be more than the tables take at that moment: better a second late than in the next hour.
  const { kind } = await retryContended(async () => {
    try {
      return await commit(client, [activity.taken(item, taken, { insists }), ...writes]);
    } catch (error) {
      if (isThrottled(error)) return undefined;
      throw error;
    }
  }, 'a look is not written');
  return kind === 'written';
}

/** The looks at one subscription and its keys. */
function createGroup(view: View, { actor, requestId }: Act, dependencies: LookDependencies) {
  const { subscriptionId, subscription, items, now } = view;
  const { keyIds = [], tier } = subscription ?? {};
  const wholeSubject = subscriptionSubject(subscriptionId);
  const whole = items.find(({ subject }) => subject === wholeSubject) ?? {
    subject: wholeSubject,
    subscriptionId,
  };
  const read = new Map<string, Promise<KeyItem | undefined>>();

  /** Each key is read at most once, and most are not read at all. */
  function keyOf(keyId: string): Promise<KeyItem | undefined> {
    const known = read.get(keyId) ?? dependencies.keys.get(keyId);
    read.set(keyId, known);
    return known;
  }

  function makingFor(keyId?: string): Making {
    return {
      opening() {
        const alertId = `${alertIdPrefix}${ulid(now)}`;
        return { alertId, subscriptionId, keyId, tier, openShard: lookShardOf(alertId) % openShards };
      },
      change: (action) => changeOf(action, { actor, requestId, now: new Date(now) }),
    };
  }

  /** A key, or the API. */
  async function lookAtPart(item: ActivityItem): Promise<Look> {
    if (item.subject === apiSubject) {
      const found = examineApi(item, view);
      return lookOf(item, found, ofApi(found.signals), view, makingFor());
    }
    const keyId = keyIdOf(item);
    if (keyId === undefined) throw new Error('the subject is neither a key nor a subscription');
    if (!keyIds.includes(keyId)) return lastLook(item, view, makingFor(keyId));
    const found = examineKey(item, keyId, view, isKeyRead(item) ? await keyOf(keyId) : undefined);
    return lookOf(item, found, found.signals, view, makingFor(keyId));
  }

  /** Undefined where it is not to be looked at now. */
  async function lookAtWhole(parts: readonly Look[]): Promise<Look | undefined> {
    const { through, lookAt, incidents, model } = whole;
    if (subscriptionId === platform) return undefined;
    if (subscription === undefined || keyIds.length === 0) {
      const isOver = lookAt === undefined && incidents === undefined && model === undefined;
      return isOver ? undefined : lastLook(whole, view, makingFor());
    }
    const isNew = through === undefined || Date.parse(through) < hourOf(now);
    const live = parts.filter(({ item }) => keyIds.includes(keyIdOf(item) ?? ''));
    if (!isNew || (live.length === 0 && !isDue(whole, now))) return undefined;

    const firstAt = live.flatMap(({ item }) => item.firstAt ?? []).toSorted()[0];
    const limit = limitsOf(dependencies.limits, subscription.tier).requestsPerMonth;
    const found = examineSubscription(whole, view, firstAt, limit);
    const isOfAll = found.signals.some(({ kind }) => kind === 'surge' || kind === 'silence');
    const shownByKeys = kindsOf(
      ...items.filter((item) => item !== whole).map((item) => item.incidents),
      ...live.map(({ taken }) => taken.incidents),
    );
    const activeKeys = isOfAll && keyIds.length > 1 ? await countActive() : keyIds.length;
    const signals = ofSubscription(found.signals, { activeKeys, shownByKeys });
    return lookOf(whole, found, signals, view, makingFor(), Math.floor(now / 1000) + keptSeconds);
  }

  async function countActive(): Promise<number> {
    const found = await Promise.all(keyIds.map(keyOf));
    return found.filter((key) => key !== undefined && !isSuspended(key)).length;
  }

  return { whole, lookAtPart, lookAtWhole };
}
