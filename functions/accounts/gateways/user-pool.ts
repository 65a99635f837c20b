import {
  AdminDeleteUserCommand,
  type CognitoIdentityProviderClient,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';

/** The stack's own user pool. */
export interface UserPool {
  /** By the subject of its tokens. One that is gone is no error. */
  deleteUser(subject: string): Promise<void>;
}

export function createUserPool(client: CognitoIdentityProviderClient, userPoolId: string): UserPool {
  return {
    async deleteUser(subject) {
      try {
        await client.send(new AdminDeleteUserCommand({ UserPoolId: userPoolId, Username: subject }));
      } catch (error) {
        if (!(error instanceof UserNotFoundException)) throw error;
      }
    },
  };
}
