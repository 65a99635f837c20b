import {
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCognito } from '../../../local/aws/cognito.ts';
import type { Credentials } from '../../../local/aws/iam.ts';
import { clientConfig, environment, role, roleArn, startEndpoint, statement } from './support.ts';

const poolId = `${environment.region}_AbCdEf123`;
const poolArn = `arn:aws:cognito-idp:${environment.region}:${environment.accountId}:userpool/${poolId}`;
const roles = [
  role('deletes-users', [statement('cognito-idp:AdminDeleteUser', poolArn)]),
  role('of-another-pool', [statement('cognito-idp:AdminDeleteUser', `${poolArn}x`)]),
];

let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
let users: Set<string>;
const clients: CognitoIdentityProviderClient[] = [];

beforeEach(async () => {
  users = new Set(['ada']);
  const issuer = { deleteUser: (username: string) => users.delete(username) };
  endpoint = await startEndpoint([createCognito({ environment, userPool: { poolId, issuer } })], roles);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await endpoint.close();
});

function as(credentials?: Credentials): CognitoIdentityProviderClient {
  const client = new CognitoIdentityProviderClient(clientConfig(endpoint.url, credentials));
  clients.push(client);
  return client;
}

const deleteUser = (Username: string, UserPoolId = poolId) =>
  new AdminDeleteUserCommand({ UserPoolId, Username });

test('AdminDeleteUser deletes a user for who may delete users of the pool', async () => {
  await as(endpoint.iam.credentialsOf(roleArn('deletes-users'))).send(deleteUser('ada'));
  expect(users).toEqual(new Set());
});

test('and for nobody else, whether the user is there or not', async () => {
  const other = as(endpoint.iam.credentialsOf(roleArn('of-another-pool')));
  for (const username of ['ada', 'nobody']) {
    await expect(other.send(deleteUser(username))).rejects.toMatchObject({ name: 'AccessDeniedException' });
  }
  expect(users).toEqual(new Set(['ada']));
});

test('a user or pool that is not there is the service’s own error', async () => {
  await expect(as().send(deleteUser('nobody'))).rejects.toMatchObject({
    name: 'UserNotFoundException',
    message: 'User does not exist.',
  });
  const other = `${environment.region}_Zzzzzzzzz`;
  await expect(as().send(deleteUser('ada', other))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: `User pool ${other} does not exist.`,
  });
  await expect(as().send(deleteUser('ada', 'no pool'))).rejects.toMatchObject({
    name: 'ValidationException',
  });
});

test('other operations are refused by name', async () => {
  const get = new AdminGetUserCommand({ UserPoolId: poolId, Username: 'ada' });
  await expect(as().send(get)).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('"AdminGetUser"'),
  });
});

test('a stack without a user pool has no users', async () => {
  const bare = await startEndpoint([createCognito({ environment, userPool: undefined })]);
  const client = new CognitoIdentityProviderClient(clientConfig(bare.url));
  await expect(client.send(deleteUser('ada'))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  client.destroy();
  await bare.close();
});
