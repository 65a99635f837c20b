import { Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { openApiEnvironment } from '../../functions/openapi/contract.ts';
import type { Config } from '../config.ts';
import type { Identity } from './identity.ts';
import { LatchkeyFunction } from './latchkey-function.ts';

export interface OpenApiProps {
  readonly config: Config;
  readonly identity: Identity;
}

/** The description of the API, as this stage serves it. */
export class OpenApi extends Construct {
  /** `GET /openapi.json` */
  readonly show: LatchkeyFunction;
  readonly #props: OpenApiProps;

  constructor(scope: Construct, id: string, props: OpenApiProps) {
    super(scope, id);
    this.#props = props;
    this.show = new LatchkeyFunction(this, 'ShowOpenApi', {
      config: props.config,
      name: 'show-openapi',
      description: 'GET /openapi.json: the description of the API',
    });
  }

  /**
   * The API, which comes later and has the function behind it, tells its address. Its stage cannot: it waits for the
   * routes, and they for the function.
   */
  useApi({ restApiId }: Pick<RestApi, 'restApiId'>): void {
    const { config, identity } = this.#props;
    const { product, domain, stage } = config;
    const { region, urlSuffix } = Stack.of(this);
    const { name, company, documentationUrl, statusUrl, supportAddress } = product;
    this.show.addEnvironments(openApiEnvironment, {
      OPENAPI_PRODUCT: JSON.stringify({ name, company, documentationUrl, statusUrl, supportAddress }),
      OPENAPI_SERVER:
        domain === undefined
          ? `https://${restApiId}.execute-api.${region}.${urlSuffix}/${stage}`
          : `https://${domain.name}`,
      OPENAPI_ISSUER: identity.issuer,
    });
  }
}
