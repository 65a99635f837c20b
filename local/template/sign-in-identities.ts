import {
  generatedName,
  type Identity,
  type IdentityContext,
  mixedId,
  regionalArn,
  shortId,
  uuid,
} from './physical-ids.ts';

/** `cognito-idp.<region>.amazonaws.com/<pool id>`, of which tokens name the address with `https://`. */
function providerName({ environment }: IdentityContext, ref: string): string {
  return `cognito-idp.${environment.region}.amazonaws.com/${ref}`;
}

/** How user pools and what belongs to them are called. */
export const signIn: Readonly<Record<string, Identity>> = {
  'AWS::Cognito::ManagedLoginBranding': {
    ref: (context) => `${context.text('UserPoolId') ?? ''}|${uuid(context)}`,
    attributes: { ManagedLoginBrandingId: uuid },
  },
  'AWS::Cognito::UserPool': {
    ref: (context) => `${context.environment.region}_${mixedId(context, 9)}`,
    attributes: {
      Arn: (context, ref) => regionalArn(context, 'cognito-idp', `userpool/${ref}`),
      ProviderName: providerName,
      ProviderURL: (context, ref) => `https://${providerName(context, ref)}`,
      UserPoolId: (_context, ref) => ref,
    },
  },
  'AWS::Cognito::UserPoolClient': {
    ref: (context) => shortId(context, 26),
    attributes: { ClientId: (_context, ref) => ref, Name: (context) => context.text('ClientName') },
  },
  'AWS::Cognito::UserPoolDomain': {
    ref: (context) => context.text('Domain') ?? generatedName(context, 63),
    attributes: {},
  },
};
