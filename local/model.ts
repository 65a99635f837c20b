/**
 * What the template loader hands to the parts of the local runner: the stack's resources with every intrinsic function
 * resolved and all properties that have no effect on a laptop removed (see `no-effect.ts`).
 */
export interface ResolvedResource {
  readonly logicalId: string;
  /** CloudFormation type, such as `AWS::DynamoDB::Table`. */
  readonly type: string;
  /** What `Ref` gives: the physical id. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives, by attribute name. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Where a local stack lives; every ARN and id is derived from it. */
export interface LocalEnvironment {
  readonly region: string;
  readonly accountId: string;
  readonly stackName: string;
  /** Absolute path of the data folder. */
  readonly dataDir: string;
}
