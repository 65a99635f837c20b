import { CfnOutput, Stack } from 'aws-cdk-lib';
import {
  BasePathMapping,
  DomainName,
  EndpointType,
  type RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';

/**
 * Gives the API a domain of its own with the base path `/`, so that its address is
 * `https://<domain>/decisions/evaluate`.
 * @returns the API's address, or undefined where the configuration names no domain
 */
export function addCustomDomain(scope: Construct, restApi: RestApi, { domain }: Config): string | undefined {
  if (domain === undefined) return undefined;
  const zone =
    domain.hostedZone &&
    HostedZone.fromHostedZoneAttributes(scope, 'HostedZone', {
      hostedZoneId: domain.hostedZone.id,
      zoneName: domain.hostedZone.name,
    });
  const certificate =
    domain.certificateArn === undefined
      ? new Certificate(scope, 'Certificate', {
          domainName: domain.name,
          validation: CertificateValidation.fromDns(zone),
        })
      : Certificate.fromCertificateArn(scope, 'Certificate', domain.certificateArn);
  const domainName = new DomainName(scope, 'DomainName', {
    domainName: domain.name,
    certificate,
    endpointType: EndpointType.REGIONAL,
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  new BasePathMapping(scope, 'BasePathMapping', { domainName, restApi, stage: restApi.deploymentStage });
  if (zone === undefined) {
    // On the stack itself, so that the output's name is the one that the documentation tells.
    new CfnOutput(Stack.of(scope), 'DomainTarget', {
      value: domainName.domainNameAliasDomainName,
      description: `Point ${domain.name} here (CNAME or alias)`,
    });
  } else {
    new ARecord(scope, 'AliasRecord', {
      zone,
      recordName: `${domain.name}.`,
      target: RecordTarget.fromAlias(new ApiGatewayDomain(domainName)),
    });
  }
  return `https://${domain.name}`;
}
