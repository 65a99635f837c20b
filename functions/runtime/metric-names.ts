/** Metric names stand here once: functions emit them, the constructs' alarms watch them. */

/** Each stage has a namespace of its own: several live in one account, and an alarm of one must not hear the other. */
export function metricNamespace(stage: string): string {
  return `Latchkey/${stage}`;
}

export const metricNames = {
  /** A request that the authorizer refused; dimension `reason`. */
  authorizerRefusals: 'AuthorizerRefusals',
  /** The authorizer could not decide, because something it depends on failed. */
  authorizerFailures: 'AuthorizerFailures',
  /** A sign-in that does not open an account; dimension `reason`. */
  signInRefusals: 'SignInRefusals',
  /** A sign-in could not be checked, because the issuer or a table did not answer. */
  signInFailures: 'SignInFailures',
  /** A request whose count may or may not have been written: answered 503. */
  meterUnknownOutcomes: 'MeterUnknownOutcomes',
  /** A request whose count was certainly not written: answered 503. */
  meterUnavailable: 'MeterUnavailable',
  /** Usage keys that the product has in API Gateway, after one was planned. */
  usageKeys: 'UsageKeys',
  /** A change that contradicts the record: its revision is taken by another, or an entry before it is gone. */
  auditConflicts: 'AuditConflicts',
  /** Of each sweep: keys that had something due, steps by kind, keys that failed, seconds of the most overdue step. */
  rotationDue: 'RotationDue',
  rotationNoticed: 'RotationNoticed',
  rotationRotated: 'RotationRotated',
  rotationReminded: 'RotationReminded',
  rotationRetired: 'RotationRetired',
  rotationRedelivered: 'RotationRedelivered',
  rotationExpired: 'RotationExpired',
  rotationFailed: 'RotationFailed',
  rotationLag: 'RotationLag',
  /** What is kept elsewhere of a deleted account could not be removed. */
  erasuresFailed: 'ErasuresFailed',
  /** A message of Stripe's could not be dealt with: Stripe sends it again. */
  paymentEventsFailed: 'PaymentEventsFailed',
  /** A message that claims to be signed by Stripe could not be checked, or was signed with another secret. */
  paymentEventsRefused: 'PaymentEventsRefused',
  /** A subscription at Stripe runs at another price, or more than once: it pays for nothing here. */
  paymentsNotAsAgreed: 'PaymentsNotAsAgreed',
  /** Stripe could not be reached, did not take the API key, or knows nothing of what it told before. */
  stripeUnavailable: 'StripeUnavailable',
  /** One of Stripe's two secrets is set, and the other is not: nobody can pay. */
  paymentsHalfConnected: 'PaymentsHalfConnected',
  /** Of each sweep: payments that had to be looked at, those that could not be, seconds of the most overdue one. */
  paymentsDue: 'PaymentsDue',
  paymentsFailed: 'PaymentsFailed',
  paymentsLag: 'PaymentsLag',
  /** Of each run: looks that were taken, what they did to alerts, subjects that could not be looked at, seconds of the latest look. */
  detectionLooked: 'DetectionLooked',
  alertsOpened: 'AlertsOpened',
  alertsUpdated: 'AlertsUpdated',
  alertsClosed: 'AlertsClosed',
  detectionFailed: 'DetectionFailed',
  detectionLag: 'DetectionLag',
  /** A mail left; dimension `kind`. */
  mailsSent: 'MailsSent',
  /** A mail or an alert could not be sent and waits for another try. An alarm listens: a dimension would hide it. */
  mailsDeferred: 'MailsDeferred',
  /** A change could not be understood, so that nobody was told of it. */
  mailsFailed: 'MailsFailed',
} as const;
