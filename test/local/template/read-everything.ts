import { readPlan } from '../../../local/aws/api-gateway/plans.ts';
import { readServiceAccess } from '../../../local/aws/iam/service-access.ts';
import { createIam } from '../../../local/aws/iam.ts';
import { createKms } from '../../../local/aws/kms.ts';
import { createSecretsManager } from '../../../local/aws/secrets-manager.ts';
import { readMailSetup } from '../../../local/aws/ses/read-mail-setup.ts';
import { readTopics } from '../../../local/aws/sns/read-topics.ts';
import { createClock } from '../../../local/clock.ts';
import { readSite } from '../../../local/dashboard/read-site.ts';
import { parseTable } from '../../../local/dynamodb/table.ts';
import { readModel } from '../../../local/gateway/read-model.ts';
import { readUserPool } from '../../../local/issuer/read-user-pool.ts';
import { readFunction } from '../../../local/lambda/function-definition.ts';
import { readFilters } from '../../../local/log-subscriptions/read-filters.ts';
import type { LocalEnvironment } from '../../../local/model.ts';
import { openState } from '../../../local/state.ts';
import { readMappings } from '../../../local/streams/read-mappings.ts';
import type { ResolvedTemplate } from '../../../local/template/resolve.ts';

/**
 * Hands every resource to the local part that serves it, as a start does. Each of them refuses by name what it does not
 * know, so that what passes here is served in full or listed as without effect.
 */
export function readEverything(
  { resources, byType }: ResolvedTemplate,
  environment: LocalEnvironment,
  assetFolder: (objectKey: string) => string,
): void {
  const state = openState(':memory:');
  try {
    const clock = createClock({ state });
    const options = { environment, clock, state, resources };
    createIam(resources, environment);
    const { keyArn } = createKms(options);
    createSecretsManager({ ...options, keyArn });
    readMailSetup(resources);
    readTopics(resources, environment);
    readSite(resources, environment, assetFolder);
    readUserPool(resources, environment);
    readServiceAccess(resources);
    byType('AWS::ApiGateway::UsagePlan').forEach(readPlan);
    const tables = byType('AWS::DynamoDB::Table').map((table) => parseTable(table, environment));
    readMappings(resources, environment, (arn) => tables.some(({ stream }) => stream?.arn === arn));
    readFilters(resources, environment);
    for (const lambda of byType('AWS::Lambda::Function')) readFunction(lambda, environment);
    readModel(resources.filter(({ type }) => /^AWS::(ApiGateway::|Lambda::Permission$)/.test(type)));
  } finally {
    state.close();
  }
}
