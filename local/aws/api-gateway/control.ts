import type { Clock } from '../../clock.ts';
import type { LocalEnvironment, ResolvedResource } from '../../model.ts';
import type { State } from '../../state.ts';
import type { UsageKeyRegistry, UsageLedger } from '../../usage.ts';
import { ofType } from '../properties.ts';
import type { AwsService } from '../service.ts';
import { keyRoutes } from './key-routes.ts';
import { openKeyStore } from './key-store.ts';
import { planRoutes } from './plan-routes.ts';
import { readPlan } from './plans.ts';
import { answer } from './router.ts';

export interface ApiGatewayControlOptions {
  readonly environment: LocalEnvironment;
  readonly clock: Clock;
  readonly state: State;
  /** AWS::ApiGateway::UsagePlan; others are passed over. */
  readonly plans: readonly ResolvedResource[];
  /** A function, because the gateway that keeps the ledger reads this registry and so starts after it. */
  readonly ledger: () => UsageLedger;
}

/** The control plane of API Gateway, as far as usage keys need it. */
export interface ApiGatewayControl extends AwsService {
  readonly registry: UsageKeyRegistry;
}

/** @throws Error that names a property of a usage plan which is not supported */
export function createApiGatewayControl(options: ApiGatewayControlOptions): ApiGatewayControl {
  const plans = new Map(
    ofType(options.plans, 'AWS::ApiGateway::UsagePlan').map((resource) => [resource.ref, readPlan(resource)]),
  );
  const store = openKeyStore(options.state);
  const routes = [...keyRoutes(store, options.clock), ...planRoutes(store, plans, options.ledger)];
  return {
    signingName: 'apigateway',
    registry: store,
    handle: async (request) => answer(routes, options.environment.region, request),
  };
}
