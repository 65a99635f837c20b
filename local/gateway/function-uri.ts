const uri =
  /^arn:[^:]+:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(arn:[^:]+:lambda:[^:]+:[^:]+:function:[^:/]+)\/invocations$/;

/**
 * The function's ARN in the URI of an integration or authorizer.
 * @throws Error for any other URI, such as one of a stage variable or of a version
 */
export function functionOfUri(text: string): string {
  const arn = uri.exec(text)?.[1];
  if (arn === undefined)
    throw new Error(`"${text}" is not supported: only the URI of an unqualified function is`);
  return arn;
}

/** A function's name in its ARN (whole or partial); a name is its own. */
export function functionName(nameOrArn: string): string {
  return /(?:^|:)function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;
}
