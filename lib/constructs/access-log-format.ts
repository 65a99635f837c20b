/**
 * One line of JSON per request. Named fields only: no header, no query string, no body, and not
 * `$context.identity.apiKey`, which is the usage key.
 */
export const accessLogFormat = JSON.stringify({
  requestId: '$context.requestId',
  extendedRequestId: '$context.extendedRequestId',
  requestTime: '$context.requestTime',
  requestTimeEpoch: '$context.requestTimeEpoch',
  sourceIp: '$context.identity.sourceIp',
  userAgent: '$context.identity.userAgent',
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
