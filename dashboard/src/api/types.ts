import type * as z from 'zod';
import type * as alertAnswers from '../../../functions/accounts/alert-answers.ts';
import type * as answers from '../../../functions/accounts/answers.ts';
import type * as messages from '../../../functions/accounts/messages.ts';
import type { decisionBody } from '../../../functions/decisions/request.ts';
import type { decisionSchema } from '../../../functions/decisions/rules/decision.ts';

/**
 * The messages of the account API, as the API itself describes them. Types alone: the schemas, and what they import,
 * never come into the bundle (`vite.config.ts` sees to it).
 */

export type Account = z.infer<typeof answers.account>;
export type AccountAlert = z.infer<typeof alertAnswers.accountAlert>;
export type AccountKey = z.infer<typeof answers.accountKey>;
export type AlertAnswer = z.infer<typeof messages.alertAnswer>;
export type AlertList = z.infer<typeof alertAnswers.alertList>;
export type AnsweredAlert = z.infer<typeof answers.answeredAlert>;
export type AuditEntry = z.infer<typeof answers.auditEntry>;
export type AuditPage = z.infer<typeof answers.auditPage>;
export type ClaimedKey = z.infer<typeof answers.claimedKey>;
export type CreatedKey = z.infer<typeof answers.createdKey>;
export type DeletedAccount = z.infer<typeof answers.deletedAccount>;
export type KeyList = z.infer<typeof answers.keyList>;
export type KeySuspension = z.infer<typeof answers.keySuspension>;
export type Payment = z.infer<typeof answers.payment>;
export type Portal = z.infer<typeof answers.portal>;
export type RevokedKey = z.infer<typeof answers.revokedKey>;
export type RotatedKey = z.infer<typeof answers.rotatedKey>;
export type Settings = z.infer<typeof answers.changedSettings>;
export type StoredSecret = z.infer<typeof answers.storedSecret>;
export type TierChange = z.infer<typeof answers.tierChange>;
export type TierOffer = z.infer<typeof answers.tierOffer>;
export type UsageReport = z.infer<typeof answers.usageReport>;

export type ChooseTier = z.input<typeof messages.chooseTierBody>;
export type CreateKey = z.input<typeof messages.createKeyBody>;
export type RotateKey = z.input<typeof messages.rotateKeyBody>;
export type ChangeSettings = z.input<typeof messages.settingsBody>;
/** Of the decision API, which the guide tells of. */
export type Decision = z.infer<typeof decisionSchema>;
export type DecisionRequest = z.input<typeof decisionBody>;
export type TierName = Account['tier'];
