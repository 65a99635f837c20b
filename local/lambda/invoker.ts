/** How the gateway, the schedules and the Lambda API start a function. */
export interface FunctionInvoker {
  /**
   * Runs the function with a JSON payload and waits for its outcome.
   * @param functionNameOrArn name or (unqualified) ARN, as it stands in an integration URI or an `Invoke` path
   * @throws AwsError `ResourceNotFoundException` for an unknown function, `TooManyRequestsException` when its
   *   reserved concurrency is used up
   */
  invoke(
    functionNameOrArn: string,
    payload: unknown,
    options?: { requestId?: string },
  ): Promise<InvokeOutcome>;
}

export type InvokeOutcome =
  | { readonly kind: 'returned'; readonly requestId: string; readonly payload: unknown }
  /** The handler threw, timed out or could not be loaded; `error` is the payload that Lambda answers. */
  | {
      readonly kind: 'failed';
      readonly requestId: string;
      readonly error: { errorType: string; errorMessage: string; trace?: string[] };
    };
