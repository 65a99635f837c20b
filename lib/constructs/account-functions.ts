import type { Construct } from 'constructs';
import { dashboardEnvironment, productEnvironment } from '../../functions/runtime/contract.ts';
import type { Config } from '../config.ts';
import type { Dashboard } from './dashboard.ts';
import { functionsIn, type LatchkeyFunction, type MakeFunction } from './latchkey-function.ts';
import { productOf } from './product.ts';

/** One function of an account route. */
export interface AccountRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the API's address, such as `account/keys/{keyId}`. */
  readonly path: string;
  readonly fn: LatchkeyFunction;
}

/** Functions behind `authorize-account`: they answer with the product's problems, and to the dashboard's pages alone. */
export function accountFunctionsIn(
  scope: Construct,
  config: Config,
  { origin }: Pick<Dashboard, 'origin'>,
): MakeFunction {
  const make = functionsIn(scope, config);
  return (...about) => {
    const fn = make(...about);
    fn.addEnvironments(productEnvironment, productOf(config));
    fn.addEnvironments(dashboardEnvironment, { DASHBOARD_ORIGIN: origin });
    return fn;
  };
}
