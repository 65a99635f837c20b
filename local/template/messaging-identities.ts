import {
  generatedName,
  type Identity,
  type IdentityContext,
  physicalName,
  regionalArn,
  shortId,
  uuid,
} from './physical-ids.ts';

function topicName(context: IdentityContext): string {
  return physicalName(context, 'TopicName', 256);
}

function domainOf(context: IdentityContext): string {
  return context.text('EmailIdentity') ?? generatedName(context, 255);
}

/** Easy DKIM: three random tokens, each the name of a CNAME record below the domain. */
function dkimTokens(): Identity['attributes'] {
  const token = (context: IdentityContext, index: number) => `${shortId(context, 31)}${index}`;
  return Object.fromEntries(
    [1, 2, 3].flatMap((index): [string, (context: IdentityContext) => string][] => [
      [`DkimDNSTokenName${index}`, (context) => `${token(context, index)}._domainkey.${domainOf(context)}`],
      [`DkimDNSTokenValue${index}`, (context) => `${token(context, index)}.dkim.amazonses.com`],
    ]),
  );
}

/** How topics and what SES knows are called. */
export const messaging: Readonly<Record<string, Identity>> = {
  'AWS::SES::ConfigurationSet': { ref: (context) => physicalName(context, 'Name', 64), attributes: {} },
  'AWS::SES::ConfigurationSetEventDestination': { ref: uuid, attributes: { Id: (_context, ref) => ref } },
  'AWS::SES::EmailIdentity': { ref: domainOf, attributes: dkimTokens() },
  'AWS::SNS::Subscription': {
    ref: (context) => `${context.text('TopicArn') ?? ''}:${uuid(context)}`,
    attributes: { Arn: (_context, ref) => ref },
  },
  'AWS::SNS::Topic': {
    ref: (context) => regionalArn(context, 'sns', topicName(context)),
    attributes: { TopicArn: (_context, ref) => ref, TopicName: topicName },
  },
  'AWS::SNS::TopicPolicy': {
    ref: (context) => generatedName(context, 255),
    attributes: { Id: (_context, ref) => ref },
  },
};
