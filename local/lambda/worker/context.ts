import type { InvokeMessage } from '../worker-protocol.ts';

/** The context object of one invocation. */
export function createContext(
  message: InvokeMessage,
  environment: Readonly<Record<string, string | undefined>>,
): object {
  // Real time, as the timeout is: moving the clock during an invocation neither ends nor prolongs it.
  const deadline = performance.now() + message.timeoutMilliseconds;
  return {
    functionName: environment['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: environment['AWS_LAMBDA_FUNCTION_VERSION'],
    memoryLimitInMB: environment['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: environment['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: environment['AWS_LAMBDA_LOG_STREAM_NAME'],
    invokedFunctionArn: message.functionArn,
    awsRequestId: message.requestId,
    xRayTraceId: message.traceId,
    // May be set, and changes nothing: without callbacks there is nothing to wait for.
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
  };
}
