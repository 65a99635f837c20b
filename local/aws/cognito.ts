import { z } from 'zod';
import type { Issuer } from '../issuer/start-issuer.ts';
import type { LocalEnvironment } from '../model.ts';
import { jsonService, operation } from './json-service.ts';
import { AwsError, type AwsService } from './service.ts';

export interface CognitoOptions {
  readonly environment: LocalEnvironment;
  /** The template's user pool and who stands for it; undefined where there is none. */
  readonly userPool: { readonly poolId: string; readonly issuer: Pick<Issuer, 'deleteUser'> } | undefined;
}

/** Cognito user pools: `AdminDeleteUser`. People sign up and in on the issuer's pages. */
export function createCognito({ environment, userPool }: CognitoOptions): AwsService {
  const { region, accountId } = environment;
  return jsonService('cognito-idp', 'AWSCognitoIdentityProviderService', {
    AdminDeleteUser: operation(
      z.strictObject({
        UserPoolId: z.string().regex(/^[\w-]+_[0-9a-zA-Z]+$/),
        Username: z.string().min(1).max(128),
      }),
      ({ UserPoolId, Username }, request) => {
        request.authorize(
          'cognito-idp:AdminDeleteUser',
          `arn:aws:cognito-idp:${region}:${accountId}:userpool/${UserPoolId}`,
        );
        if (UserPoolId !== userPool?.poolId) {
          throw new AwsError('ResourceNotFoundException', `User pool ${UserPoolId} does not exist.`);
        }
        if (!userPool.issuer.deleteUser(Username)) {
          throw new AwsError('UserNotFoundException', 'User does not exist.');
        }
        return {};
      },
    ),
  });
}
