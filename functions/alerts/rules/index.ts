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
export { type Examined, examine, isModel, type Model, modelSchema } from './examine.ts';
export {
  type AlertKind,
  alertKinds,
  isAtLeast,
  type RefusalStatus,
  refusalStatuses,
  type Severity,
  type Sight,
  type Signal,
  severities,
} from './signal.ts';
export { demandsSuspension, type SuspensionPolicy } from './suspension-policy.ts';
export { isAboutKey, isHeldBack, usefulAnswers } from './useful-answers.ts';
