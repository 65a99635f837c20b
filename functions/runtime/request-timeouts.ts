/**
 * How long one attempt of an AWS call may take, in milliseconds, so that a stuck connection is given up while there is
 * still time for another attempt. Without `throwOnRequestTimeout` the SDK merely logs that the time is over.
 */
export function requestTimeouts(requestTimeout: number) {
  return { requestTimeout, connectionTimeout: Math.min(1_000, requestTimeout), throwOnRequestTimeout: true };
}
