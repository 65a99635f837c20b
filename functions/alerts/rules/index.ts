export { type Examined, examine, isModel, type Model, modelSchema } from './examine.ts';
export {
  type AlertKind,
  alertKinds,
  type RefusalStatus,
  refusalStatuses,
  type Severity,
  type Sight,
  type Signal,
  severities,
} from './signal.ts';
