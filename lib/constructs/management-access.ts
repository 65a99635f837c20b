import { CfnOutput, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { LatchkeyFunction } from './latchkey-function.ts';

export interface ManagementAccessProps {
  /** Functions that change something, or whose answer holds a key. */
  readonly acts: readonly LatchkeyFunction[];
  /** Functions that only tell. */
  readonly reads: readonly LatchkeyFunction[];
}

/** Who may invoke the management functions (R26): holders of these two policies, and nobody else. */
export class ManagementAccess extends Construct {
  readonly administrators: ManagedPolicy;
  readonly auditors: ManagedPolicy;

  constructor(scope: Construct, id: string, { acts, reads }: ManagementAccessProps) {
    super(scope, id);
    const policy = (name: string, description: string, functions: readonly LatchkeyFunction[]) =>
      new ManagedPolicy(this, name, {
        // No name of its own: IAM is one for all Regions, and a second one needs policies too.
        description,
        statements: [
          new PolicyStatement({
            actions: ['lambda:InvokeFunction'],
            resources: functions.map((fn) => fn.functionArn),
          }),
        ],
      });
    this.administrators = policy('KeyAdministrators', 'May manage API keys', [...acts, ...reads]);
    this.auditors = policy('KeyAuditors', 'May look at API keys and usage, and change nothing', reads);
    // On the stack itself, so that the outputs' names are those that the documentation tells.
    const stack = Stack.of(this);
    for (const fn of [...acts, ...reads]) {
      new CfnOutput(stack, `${fn.node.id}Function`, { value: fn.functionName });
    }
    new CfnOutput(stack, 'KeyAdministratorsPolicyArn', { value: this.administrators.managedPolicyArn });
    new CfnOutput(stack, 'KeyAuditorsPolicyArn', { value: this.auditors.managedPolicyArn });
  }
}
