import * as z from 'zod';
import { usageKeyReserve } from '../functions/subscriptions/contract.ts';
import { dashboardFields, identityFields, signInProblems } from './sign-in-config.ts';
import { type TierLimits, type TierName, tierNames, tiers } from './tiers.ts';

export const stageNames = ['dev', 'prod'] as const;
export type StageName = (typeof stageNames)[number];

/** Retention periods that CloudWatch Logs accepts, in days (`PutRetentionPolicy`). */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const httpsUrl = z
  .url({ protocol: /^https$/, error: 'must be an https:// address' })
  .transform((url) => url.replace(/\/+$/, ''));

const limitsOverride = z
  .strictObject({
    requestsPerMonth: z.int().positive(),
    ratePerSecond: z.number().positive(),
    burst: z.int().positive(),
  })
  .partial();

const graceHours = z.int().min(0).max(168);

const suspendFrom = z.enum(['warning', 'critical'], {
  error: 'must be warning or critical; leave the tier out if its keys are never to be suspended by an alert',
});

const stageFields = z.strictObject({
  /** Account and Region to deploy to; absent: whatever the CLI's credentials say. */
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be 12 digits')
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a Region such as eu-west-1')
    .optional(),
  product: z
    .strictObject({
      name: z.string().min(1).default('AI Decision Engine'),
      company: z.string().min(1).default('AI Weed Company'),
      apiUrl: httpsUrl.default('https://api.aiweedcompany.com'),
      documentationUrl: httpsUrl.default('https://docs.aiweedcompany.com'),
      statusUrl: httpsUrl.default('https://status.aiweedcompany.com'),
      supportAddress: z.email().default('support@aiweedcompany.com'),
    })
    .prefault({}),
  /** The API's own domain, so that its address is `https://<name>/decisions/evaluate`. */
  domain: z
    .strictObject({
      name: z.hostname(),
      /** Certificate in the stack's Region; without one, the hosted zone proves a new one. */
      certificateArn: z
        .string()
        .regex(/^arn:aws[\w-]*:acm:/, 'must be the ARN of an ACM certificate')
        .optional(),
      hostedZone: z.strictObject({ id: z.string().min(1), name: z.hostname() }).optional(),
    })
    .refine((domain) => domain.certificateArn !== undefined || domain.hostedZone !== undefined, {
      error: 'needs a certificateArn or a hostedZone',
    })
    .optional(),
  /** Where alarms go; without it they go to the topic alone. */
  alarmEmail: z.email().optional(),
  /** RETAIN and deletion protection on everything that holds data. */
  retainData: z.boolean(),
  /** CloudTrail data events of the management functions: they attest the request id of an audit record; they cost. */
  cloudTrail: z.boolean(),
  logRetentionDays: z
    .int()
    .refine((days) => retentionDays.includes(days), { error: `must be one of ${retentionDays.join(', ')}` }),
  rotation: z
    .strictObject({
      /** Days from the creation of a secret version to its rotation (R15). */
      intervalDays: z.int().positive().default(90),
      /** Days before that at which the owner is told (R16). */
      noticeDays: z.int().positive().default(7),
      /** Hours for which the old secret goes on working after an automatic rotation. */
      graceHours: graceHours.default(72),
      /** The same for the tiers that have a grace period of their own. */
      graceHoursByTier: z
        .strictObject({ free: graceHours, pro: graceHours, enterprise: graceHours })
        .partial()
        .default({}),
      /** Hours before the old secret ends at which an owner who still uses it is reminded. */
      reminderHours: z.int().min(1).max(72).default(6),
    })
    .prefault({})
    .refine(
      ({ intervalDays, noticeDays, graceHours, graceHoursByTier }) => {
        const longestGrace = Math.max(graceHours, ...Object.values(definedOnly(graceHoursByTier)));
        return noticeDays * 24 + longestGrace < intervalDays * 24;
      },
      { error: 'notice and grace together must be shorter than the interval' },
    ),
  /** Where mails come from. */
  mail: z
    .strictObject({
      /** The domain that SES is to know; default: that of `product.supportAddress`. */
      domain: z.hostname().optional(),
      /** The sender, an address in that domain; default: `no-reply@<domain>`. */
      from: z.email().optional(),
      /** `existing`: the domain's identity in SES is made elsewhere, such as by another stage in the same account. */
      identity: z.enum(['create', 'existing']).default('create'),
      /** `<mailFromSubdomain>.<domain>` is the envelope's sender, to which mail servers report what they cannot deliver. */
      mailFromSubdomain: z
        .string()
        .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be one label of a host name, such as mail')
        .default('mail'),
    })
    .prefault({}),
  dashboard: dashboardFields,
  identity: identityFields,
  payments: z.strictObject({
    /** Whether keys of Stripe's test mode are taken: tiers are paid for with money that there is not. */
    testMode: z.boolean(),
  }),
  alerts: z
    .strictObject({
      /** From which severity of an alert on its key is suspended by itself, by tier; a tier that is left out: never. */
      suspend: z
        .strictObject({ free: suspendFrom, pro: suspendFrom, enterprise: suspendFrom })
        .partial()
        .default({}),
    })
    .prefault({}),
  /** API Gateway usage keys, one per subscription and tier: AWS allows 10,000 per account and Region. */
  usageKeys: z
    .strictObject({
      alarmAt: z.int().positive().default(8_000),
      limit: z.int().positive().max(10_000).default(9_500),
    })
    .prefault({})
    .refine(({ alarmAt, limit }) => alarmAt < limit - usageKeyReserve(limit), {
      error:
        'alarmAt must be below nine tenths of limit, where sign-ups are refused: the alarm is to ring before anybody is',
    }),
  /** Limits that differ from the tier table in this stage, for load tests. */
  tiers: z
    .strictObject({ free: limitsOverride, pro: limitsOverride, enterprise: limitsOverride })
    .partial()
    .default({}),
});

/** What a field's default takes from other fields, and what fields must be together. */
const stageSchemaOf = (name: StageName) =>
  stageFields.transform((stage, context) => {
    const domain = (stage.mail.domain ?? domainOf(stage.product.supportAddress)).toLowerCase();
    const from = stage.mail.from ?? `no-reply@${domain}`;
    if (domainOf(from) !== domain) {
      context.addIssue({
        code: 'custom',
        path: ['mail', 'from'],
        message: `must be an address in ${domain}: SES sends only for the domain that it knows (mail.domain)`,
      });
    }
    for (const problem of signInProblems(name, stage)) context.addIssue({ code: 'custom', ...problem });
    return { ...stage, mail: { ...stage.mail, domain, from } };
  });

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

export type StageConfig = z.infer<ReturnType<typeof stageSchemaOf>>;
export type StageInput = z.input<typeof stageFields>;

export interface Config extends Omit<StageConfig, 'tiers'> {
  readonly stage: StageName;
  /** The tier table with this stage's overrides applied. */
  readonly limits: Readonly<Record<TierName, TierLimits>>;
}

/** What a stage is where `cdk.json` says nothing else. */
const stageDefaults: Record<
  StageName,
  Pick<StageInput, 'retainData' | 'cloudTrail' | 'logRetentionDays' | 'payments'>
> = {
  dev: {
    retainData: false,
    cloudTrail: false,
    logRetentionDays: 14,
    payments: { testMode: true },
  },
  prod: {
    retainData: true,
    cloudTrail: true,
    logRetentionDays: 365,
    payments: { testMode: false },
  },
};

/** The configuration is wrong: the message names every wrong field and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads one stage's configuration.
 * @param stage value of the context key `stage`
 * @param stages value of the context key `stages`: an object from stage name to the fields that differ from the defaults
 * @throws ConfigError
 */
export function parseConfig(stage: unknown, stages: unknown = {}): Config {
  const name = z.enum(stageNames).safeParse(stage);
  if (!name.success) {
    throw new ConfigError(
      `stage ${JSON.stringify(stage)} is unknown: choose one of ${stageNames.join(', ')}, for example cdk deploy -c stage=prod`,
    );
  }
  const table = z.partialRecord(z.enum(stageNames), z.record(z.string(), z.unknown())).safeParse(stages);
  if (!table.success) throw new ConfigError(`stages in cdk.json: ${z.prettifyError(table.error)}`);
  const parsed = stageSchemaOf(name.data).safeParse({
    ...stageDefaults[name.data],
    ...table.data[name.data],
  });
  if (!parsed.success) {
    throw new ConfigError(`stages.${name.data} in cdk.json:\n${z.prettifyError(parsed.error)}`);
  }
  const { tiers: overrides, ...config } = parsed.data;
  const limits = Object.fromEntries(
    tierNames.map((tier) => {
      const { requestsPerMonth, ratePerSecond, burst } = tiers[tier];
      return [tier, { requestsPerMonth, ratePerSecond, burst, ...definedOnly(overrides[tier]) }];
    }),
  ) as Record<TierName, TierLimits>;
  return { ...config, stage: name.data, limits };
}

function definedOnly<V>(values: Readonly<Record<string, V | undefined>> | undefined): Record<string, V> {
  return Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
