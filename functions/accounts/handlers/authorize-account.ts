import type { APIGatewayAuthorizerWithContextResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { AccountContext } from '../../runtime/contract.ts';
import { createDocumentClient } from '../../runtime/dynamodb.ts';
import { parseEnvironment } from '../../runtime/environment.ts';
import { metricNames } from '../../runtime/metric-names.ts';
import { count, describeError, logger } from '../../runtime/telemetry.ts';
import { composeSubscriptions } from '../../subscriptions/index.ts';
import { signInEnvironment } from '../contract.ts';
import { createTokenVerifier, IssuerUnavailableError } from '../gateways/token-verifier.ts';
import { openAccount } from '../open-account.ts';
import { admission, denial } from '../rules/admission.ts';
import { bearerToken } from '../rules/bearer-token.ts';
import { identityOf } from '../rules/identity.ts';

const environment = parseEnvironment(signInEnvironment);
const clientId = environment.SIGN_IN_CLIENT_ID;
const verifier = createTokenVerifier({ issuer: environment.SIGN_IN_ISSUER, clientId });
const client = createDocumentClient();
const dependencies = { client, subscriptions: composeSubscriptions(client) };

/** API Gateway answers 401 for exactly this message and 5xx for any other error: never an accept. */
const unauthorized = 'Unauthorized';

const hints = {
  'email-not-verified': 'Confirm your e-mail address where you sign in, then sign in again.',
  deleted: 'This account was deleted. Sign in again to begin a new one.',
  'address-taken': 'Your e-mail address belongs to an account with another sign-in: ask support.',
} as const;

/**
 * REQUEST authorizer on `Authorization`, for the account's routes: an ID token of the configured issuer, made for the
 * dashboard, with a proven address. It also finds whose account that is, so that no function behind it has to ask, or could
 * be told otherwise; the first sign-in opens one.
 */
export async function handler(
  event: APIGatewayRequestAuthorizerEvent,
): Promise<APIGatewayAuthorizerWithContextResult<AccountContext | { hint: string }>> {
  const { requestId } = event.requestContext;
  const refuse = (reason: string): never => {
    logger.warn('refused', { apiRequestId: requestId, reason });
    count(metricNames.signInRefusals, { reason });
    throw new Error(unauthorized);
  };
  const deny = (reason: keyof typeof hints) => {
    logger.warn('denied', { apiRequestId: requestId, reason });
    count(metricNames.signInRefusals, { reason });
    return denial(event.methodArn, hints[reason]);
  };
  const fail = (error: unknown): never => {
    logger.error('authorizer failed', { apiRequestId: requestId, ...describeError(error), ...why(error) });
    count(metricNames.signInFailures);
    throw new Error('the sign-in could not be checked');
  };

  const token = bearerToken(event);
  if (token === undefined) return refuse('no-token');
  const verification = await verifier.verify(token).catch(fail);
  if (verification.kind === 'refused') return refuse(verification.reason);
  const found = identityOf(verification.claims, clientId);
  if ('refused' in found) {
    return found.refused === 'email-not-verified' ? deny(found.refused) : refuse(found.refused);
  }
  const { identity } = found;
  const opened = await openAccount(identity, { requestId, now: new Date() }, dependencies).catch(fail);
  if (opened.kind !== 'account') return deny(opened.kind);
  return admission(event.methodArn, {
    subscriptionId: opened.subscriptionId,
    signInSubject: identity.subject,
  });
}

/** Why the issuer could not be asked: what it is told by says nothing of a token, which is looked at later. */
function why(error: unknown): { cause?: string } {
  const cause = error instanceof IssuerUnavailableError ? error.cause : undefined;
  return cause instanceof Error ? { cause: `${cause.name}: ${cause.message}` } : {};
}
