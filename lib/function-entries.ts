/** Every function with its handler's file below `functions/`; they are bundled in one pass. */
export const functionEntries = {
  'authorize-request': 'authorizer/handlers/authorize-request',
  'change-tier': 'keys/handlers/change-tier',
  'evaluate-decision': 'decisions/handlers/evaluate-decision',
  'generate-key': 'keys/handlers/generate-key',
  'get-key': 'keys/handlers/get-key',
  'get-pepper-usage': 'keys/handlers/get-pepper-usage',
  'get-subscription': 'subscriptions/handlers/get-subscription',
  'get-usage': 'usage/handlers/get-usage',
  'list-keys': 'keys/handlers/list-keys',
  'query-audit': 'audit/handlers/query-audit',
  'record-audit': 'audit/handlers/record-audit',
  'report-usage': 'usage/handlers/report-usage',
  'resume-key': 'keys/handlers/resume-key',
  'revoke-key': 'keys/handlers/revoke-key',
  'rotate-key': 'keys/handlers/rotate-key',
  'rotate-pepper': 'keys/handlers/rotate-pepper',
  'suspend-key': 'keys/handlers/suspend-key',
  'verify-audit': 'audit/handlers/verify-audit',
} as const;

export type FunctionName = keyof typeof functionEntries;
