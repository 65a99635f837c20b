import type { Clock } from '../clock.ts';
import type { UsageKeyRegistry } from '../usage.ts';
import type { Exchange, Route } from './exchange.ts';
import { lastValue } from './exchange.ts';
import { GatewayFailure } from './failures.ts';
import type { Ledger } from './ledger.ts';
import type { GatewayModel, UsagePlan } from './model.ts';
import type { Limit, TakeTokens } from './throttles.ts';

interface Dependencies {
  readonly model: GatewayModel;
  readonly usageKeys: UsageKeyRegistry;
  readonly ledger: Ledger;
  readonly takeTokens: TakeTokens;
  readonly clock: Clock;
}

/**
 * Usage key, then throttle, then quota. A method without a required key knows the stage's throttle only.
 * @throws GatewayFailure INVALID_API_KEY, THROTTLED or QUOTA_EXCEEDED
 */
export function admit(
  exchange: Exchange,
  { method }: Route,
  identifier: string | undefined,
  { model, usageKeys, ledger, takeTokens, clock }: Dependencies,
): void {
  const name = `${method.resourcePath}/${method.httpMethod}`;
  const limits: Limit[] = method.throttle ? [{ key: `stage ${name}`, throttle: method.throttle }] : [];
  if (!method.keyRequired) {
    if (!takeTokens(limits)) throw new GatewayFailure('THROTTLED');
    return;
  }

  const value =
    model.keySource === 'AUTHORIZER' ? identifier : lastValue(exchange.request.headers, 'X-Api-Key');
  const key = value ? usageKeys.findByValue(value) : undefined;
  const plan = key?.enabled ? planOf(key.id, model, usageKeys) : undefined;
  if (!key || !plan) throw new GatewayFailure('INVALID_API_KEY');
  exchange.usageKey = { value: key.value, id: key.id };

  const own = plan.methodThrottles.get(name);
  if (own) limits.push({ key: `plan ${plan.id} ${key.id} ${name}`, throttle: own });
  else if (plan.throttle) limits.push({ key: `plan ${plan.id} ${key.id}`, throttle: plan.throttle });
  if (!takeTokens(limits)) throw new GatewayFailure('THROTTLED');
  // The moment of the decision and not of arrival, so that a request held up by its authorizer counts where it is let in.
  if (!ledger.admit(plan, key.id, clock.now())) throw new GatewayFailure('QUOTA_EXCEEDED');
}

function planOf(keyId: string, model: GatewayModel, usageKeys: UsageKeyRegistry): UsagePlan | undefined {
  const attached = usageKeys.plansOf(keyId);
  return model.plans.find(({ id }) => attached.includes(id));
}
