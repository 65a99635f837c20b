import { z } from 'zod';

const common = {
  Description: z.string().optional(),
  Enabled: z.boolean().default(true),
  KeyPolicy: z.unknown().optional(), // evaluated by the IAM of the endpoint
  // A laptop's key is neither rotated, replicated nor deleted:
  EnableKeyRotation: z.boolean().optional(),
  RotationPeriodInDays: z.number().optional(),
  PendingWindowInDays: z.number().optional(),
  BypassPolicyLockoutSafetyCheck: z.boolean().optional(),
  MultiRegion: z.literal(false).optional(),
  Origin: z.literal('AWS_KMS').optional(),
  Tags: z.array(z.unknown()).optional(),
};

/** AWS::KMS::Key: symmetric encryption, or HMAC with SHA-256. */
export const keySchema = z
  .strictObject({
    ...common,
    KeySpec: z.enum(['SYMMETRIC_DEFAULT', 'HMAC_256']).default('SYMMETRIC_DEFAULT'),
    KeyUsage: z.enum(['ENCRYPT_DECRYPT', 'GENERATE_VERIFY_MAC']).default('ENCRYPT_DECRYPT'),
  })
  .refine((key) => (key.KeySpec === 'HMAC_256') === (key.KeyUsage === 'GENERATE_VERIFY_MAC'), {
    error: 'KeyUsage does not fit KeySpec',
  });

/** AWS::KMS::Alias */
export const aliasSchema = z.strictObject({ AliasName: z.string(), TargetKeyId: z.string() });
