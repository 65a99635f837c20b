/** Every function with its handler's file below `functions/`; they are bundled in one pass. */
export const functionEntries = {
  'authorize-request': 'authorizer/handlers/authorize-request',
  'evaluate-decision': 'decisions/handlers/evaluate-decision',
  'generate-key': 'keys/handlers/generate-key',
  'get-key': 'keys/handlers/get-key',
  'get-usage': 'usage/handlers/get-usage',
  'report-usage': 'usage/handlers/report-usage',
  'revoke-key': 'keys/handlers/revoke-key',
  'rotate-key': 'keys/handlers/rotate-key',
} as const;

export type FunctionName = keyof typeof functionEntries;
