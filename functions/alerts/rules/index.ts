export { alertIdPattern, alertIdPrefix, isAlertId, noAlertId } from './alert-id.ts';
export {
  type AlertAnswer,
  type AlertItem,
  alertAnswers,
  answered,
  type ClosingReason,
  closingReasons,
  platform,
} from './alert-item.ts';
export { alertTitle } from './alert-title.ts';
export { type Examined, examine, isModel, type Model } from './examine.ts';
export {
  type AlertKind,
  alertKinds,
  isAboutMonth,
  isAtLeast,
  type RefusalStatus,
  refusalStatuses,
  type Severity,
  type Sight,
  type Signal,
  severities,
} from './signal.ts';
export { demandsSuspension } from './suspension-policy.ts';
export { isTakenForUsual } from './taken-for-usual.ts';
export { isAboutKey, isHeldBack, usefulAnswers } from './useful-answers.ts';
