import type { Iam } from '../aws/iam.ts';
import type { Mapping } from './read-mappings.ts';

/** What Lambda does in the name of the function's role to read a stream. */
const onStream = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];
const onAll = ['dynamodb:ListStreams'];

/** The actions that the role of a mapping's function lacks; without one of them AWS refuses the mapping. */
export function missingPermissions(
  iam: Pick<Iam, 'credentialsOf' | 'principalOf' | 'isAllowed'>,
  { roleArn, streamArn }: Mapping,
): string[] {
  const role = iam.principalOf(iam.credentialsOf(roleArn).accessKeyId);
  return [
    ...onStream
      .filter((action) => !iam.isAllowed(role, action, streamArn))
      .map((it) => `${it} on ${streamArn}`),
    ...onAll.filter((action) => !iam.isAllowed(role, action, '*')).map((it) => `${it} on *`),
  ];
}
