import { z } from 'zod';
import type { ResolvedResource } from '../../model.ts';
import { ofType, readProperties } from '../properties.ts';

/** Kinds of events that happen on a laptop; `reject` and its like are accepted, and never happen. */
export type EventType = 'delivery' | 'bounce' | 'complaint';

export interface ConfigurationSet {
  readonly name: string;
  readonly tlsPolicy: 'REQUIRE' | 'OPTIONAL';
  readonly destinations: readonly { readonly topicArn: string; readonly events: ReadonlySet<string> }[];
}

export interface MailSetup {
  readonly configurationSets: ReadonlyMap<string, ConfigurationSet>;
  /** Domains and addresses that may send, in lower case. */
  readonly identities: ReadonlySet<string>;
}

const configurationSetSchema = z.strictObject({
  Name: z.string().optional(),
  DeliveryOptions: z
    .strictObject({ TlsPolicy: z.enum(['REQUIRE', 'OPTIONAL']).default('OPTIONAL') })
    .optional(),
});

const eventTypes = [
  ...['send', 'reject', 'bounce', 'complaint', 'delivery', 'open', 'click', 'renderingfailure'],
  ...['deliverydelay', 'subscription'],
];

const destinationSchema = z.strictObject({
  ConfigurationSetName: z.string(),
  EventDestination: z.strictObject({
    Name: z.string().optional(),
    Enabled: z.boolean().default(false),
    MatchingEventTypes: z.array(z.string().toLowerCase().pipe(z.enum(eventTypes))).min(1),
    SnsDestination: z.strictObject({ TopicARN: z.string() }),
  }),
});

const identitySchema = z.strictObject({ EmailIdentity: z.string() });

/**
 * Reads `AWS::SES::ConfigurationSet`, `ConfigurationSetEventDestination` and `EmailIdentity`. On a laptop an identity
 * is verified by being in the template.
 * @throws Error that names type, logical id and property of what is not supported
 */
export function readMailSetup(resources: readonly ResolvedResource[]): MailSetup {
  const destinations = ofType(resources, 'AWS::SES::ConfigurationSetEventDestination').map((resource) =>
    readProperties(resource, destinationSchema),
  );
  const configurationSets = ofType(resources, 'AWS::SES::ConfigurationSet').map(
    (resource): ConfigurationSet => {
      const name = resource.ref;
      const { DeliveryOptions } = readProperties(resource, configurationSetSchema);
      return {
        name,
        tlsPolicy: DeliveryOptions?.TlsPolicy ?? 'OPTIONAL',
        destinations: destinations
          .filter(
            ({ ConfigurationSetName, EventDestination }) =>
              ConfigurationSetName === name && EventDestination.Enabled,
          )
          .map(({ EventDestination }) => ({
            topicArn: EventDestination.SnsDestination.TopicARN,
            events: new Set<string>(EventDestination.MatchingEventTypes),
          })),
      };
    },
  );
  const identities = ofType(resources, 'AWS::SES::EmailIdentity').map(
    (resource) => readProperties(resource, identitySchema).EmailIdentity,
  );
  return {
    configurationSets: new Map(configurationSets.map((set) => [set.name, set])),
    identities: new Set(identities.map((identity) => identity.toLowerCase())),
  };
}
