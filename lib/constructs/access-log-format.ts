/**
 * One line of JSON per request. Named fields only, and none that the caller writes: no header (the user agent is one), no
 * query string, no body, so that a key in the wrong place is not logged; and not `$context.identity.apiKey`, which is
 * the usage key.
 */
export const accessLogFormat = JSON.stringify({
  requestId: '$context.requestId',
  extendedRequestId: '$context.extendedRequestId',
  requestTime: '$context.requestTime',
  requestTimeEpoch: '$context.requestTimeEpoch',
  sourceIp: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  resource: '$context.resourcePath',
  status: '$context.status',
  responseType: '$context.error.responseType',
  responseLength: '$context.responseLength',
  responseLatency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
  integrationStatus: '$context.integrationStatus',
  authorizerStatus: '$context.authorizer.status',
  keyId: '$context.authorizer.keyId',
  secretVersion: '$context.authorizer.secretVersion',
  subscriptionId: '$context.authorizer.subscriptionId',
  tier: '$context.authorizer.tier',
  traceId: '$context.xrayTraceId',
});
