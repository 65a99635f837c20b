import { z } from 'zod';

const tags = z.array(z.unknown()).optional();
const roleNames = z.array(z.string()).default([]);

/** The IAM resources of a template, every property that is evaluated here or has no effect on a laptop. */
export const roleSchema = z.strictObject({
  AssumeRolePolicyDocument: z.unknown(),
  Policies: z.array(z.strictObject({ PolicyName: z.string(), PolicyDocument: z.unknown() })).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
  RoleName: z.string().optional(),
  Path: z.string().optional(),
  Description: z.string().optional(),
  MaxSessionDuration: z.number().optional(),
  Tags: tags,
});

export const inlinePolicySchema = z.strictObject({
  PolicyName: z.string(),
  PolicyDocument: z.unknown(),
  Roles: roleNames,
});

export const managedPolicySchema = z.strictObject({
  ManagedPolicyName: z.string().optional(),
  PolicyDocument: z.unknown(),
  Description: z.string().optional(),
  Path: z.string().optional(),
  Roles: roleNames,
});
