import { z } from 'zod';
import type { UsageLedger } from '../../usage.ts';
import { badRequest, conflict, limitExceeded, notFound } from './errors.ts';
import type { ApiKey, KeyStore } from './key-store.ts';
import { pageOf, pageParameters } from './paging.ts';
import { shareStage, type UsagePlan } from './plans.ts';
import { type Route, route } from './router.ts';
import { daysBetween, usageReport } from './usage-report.ts';

const maxPlansPerKey = 10;
const maxUsageDays = 90;

/** The operations on usage plans, their keys and their counts. The plans themselves are the template's. */
export function planRoutes(
  store: KeyStore,
  plans: ReadonlyMap<string, UsagePlan>,
  ledger: () => UsageLedger,
): Route[] {
  const findPlan = (planId = ''): UsagePlan => {
    const plan = plans.get(planId);
    if (plan === undefined) throw notFound('Invalid Usage Plan ID specified');
    return plan;
  };
  const findKey = (keyId = ''): ApiKey => {
    const key = store.get(keyId);
    if (key === undefined) throw notFound('Invalid API Key identifier specified');
    return key;
  };
  const findAttached = (plan: UsagePlan, keyId = ''): ApiKey => {
    const key = findKey(keyId);
    if (!store.plansOf(key.id).includes(plan.id)) throw notFound('Invalid Usage Plan Key specified');
    return key;
  };
  const sorted = [...plans.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const attachedTo = (plan: UsagePlan) => store.keysOf(plan.id).map((keyId) => findKey(keyId));

  return [
    route({
      operation: 'GetUsagePlans',
      method: 'GET',
      path: '/usageplans',
      query: z.strictObject({ ...pageParameters, keyId: z.string().optional() }),
      act({ query }) {
        const wanted = sorted.filter(
          (plan) => query.keyId === undefined || store.plansOf(query.keyId).includes(plan.id),
        );
        const { items, position } = pageOf(wanted, (plan) => plan.id, query);
        return { item: items.map(showPlan), position };
      },
    }),
    route({
      operation: 'GetUsagePlan',
      method: 'GET',
      path: '/usageplans/:planId',
      query: z.strictObject({}),
      act: ({ ids: [planId] }) => showPlan(findPlan(planId)),
    }),
    route({
      operation: 'CreateUsagePlanKey',
      method: 'POST',
      path: '/usageplans/:planId/keys',
      query: z.strictObject({}),
      body: z.strictObject({ keyId: z.string(), keyType: z.literal('API_KEY') }),
      status: 201,
      act({ ids: [planId], body }) {
        const plan = findPlan(planId);
        const key = findKey(body.keyId);
        const attached = store.plansOf(key.id);
        if (attached.includes(plan.id)) throw conflict('Usage Plan Key already exists');
        if (attached.length >= maxPlansPerKey) {
          throw limitExceeded(`An API key can be attached to at most ${maxPlansPerKey} usage plans`);
        }
        const rival = attached.find((id) => {
          const other = plans.get(id); // a plan that has left the template meets no stage any more
          return other !== undefined && shareStage(other, plan);
        });
        if (rival !== undefined) {
          throw conflict(
            `API Key ${key.id} is already attached to usage plan ${rival} for the same API stage`,
          );
        }
        store.attach(plan.id, key.id);
        return showPlanKey(key);
      },
    }),
    route({
      operation: 'GetUsagePlanKeys',
      method: 'GET',
      path: '/usageplans/:planId/keys',
      query: z.strictObject({ ...pageParameters, name: z.string().optional() }),
      act({ ids: [planId], query }) {
        const named = attachedTo(findPlan(planId)).filter((key) => key.name.startsWith(query.name ?? ''));
        const { items, position } = pageOf(named, (key) => key.id, query);
        return { item: items.map(showPlanKey), position };
      },
    }),
    route({
      operation: 'GetUsagePlanKey',
      method: 'GET',
      path: '/usageplans/:planId/keys/:keyId',
      query: z.strictObject({}),
      act: ({ ids: [planId, keyId] }) => showPlanKey(findAttached(findPlan(planId), keyId)),
    }),
    route({
      operation: 'DeleteUsagePlanKey',
      method: 'DELETE',
      path: '/usageplans/:planId/keys/:keyId',
      query: z.strictObject({}),
      status: 202,
      act({ ids: [planId, keyId] }) {
        const plan = findPlan(planId);
        store.detach(plan.id, findAttached(plan, keyId).id);
      },
    }),
    route({
      operation: 'GetUsage',
      method: 'GET',
      path: '/usageplans/:planId/usage',
      query: z.strictObject({
        ...pageParameters,
        keyId: z.string().optional(),
        startDate: z.iso.date(),
        endDate: z.iso.date(),
      }),
      act({ ids: [planId], query }) {
        const { keyId, startDate, endDate } = query;
        const plan = findPlan(planId);
        const { quota } = plan;
        // What AWS reports as remaining without a quota is not documented: better no answer than an invented one.
        if (quota === undefined) {
          throw badRequest('The local apigateway supports GetUsage only for plans with a quota');
        }
        const days = daysBetween(startDate, endDate);
        if (days.length === 0) throw badRequest('startDate must not be after endDate');
        if (days.length > maxUsageDays) throw badRequest(`The range must not exceed ${maxUsageDays} days`);
        const keys = keyId === undefined ? attachedTo(plan) : [findAttached(plan, keyId)];
        const { items, position } = pageOf(keys, (key) => key.id, query);
        const counts = ledger();
        const report = ({ id }: ApiKey) => [id, usageReport(days, counts.daily(plan.id, id), quota)];
        return {
          usagePlanId: plan.id,
          startDate,
          endDate,
          position,
          values: Object.fromEntries(items.map(report)),
        };
      },
    }),
  ];
}

function showPlan(plan: UsagePlan): Record<string, unknown> {
  const { quota, throttle } = plan;
  return {
    id: plan.id,
    name: plan.name,
    description: plan.description,
    apiStages: plan.stages.map(({ ApiId, Stage }) => ({ apiId: ApiId, stage: Stage })),
    quota: quota && { limit: quota.Limit, period: quota.Period, offset: 0 },
    throttle: throttle && { rateLimit: throttle.RateLimit, burstLimit: throttle.BurstLimit },
  };
}

function showPlanKey(key: ApiKey): Record<string, unknown> {
  return { id: key.id, type: 'API_KEY', value: key.value, name: key.name };
}
