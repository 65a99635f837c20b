/**
 * What the authorizer logs of each request that it refuses, and `aggregate-traffic` counts by. It imports nothing: the
 * authorizer is the hot path.
 */
export const refusedMessage = 'refused';
