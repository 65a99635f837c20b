import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  generatePassword,
  generateSecretString,
  generateSecretStringSchema,
} from '../../../local/aws/secrets-manager/generate-password.ts';

const rules = fc
  .record(
    {
      PasswordLength: fc.integer({ min: 5, max: 200 }),
      ExcludeCharacters: fc.string({ maxLength: 20 }),
      ExcludeLowercase: fc.boolean(),
      ExcludeUppercase: fc.boolean(),
      ExcludePunctuation: fc.boolean(),
      IncludeSpace: fc.boolean(),
      RequireEachIncludedType: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .map((rule) => generateSecretStringSchema.parse(rule));

test('a password has its length and no excluded character', () => {
  fc.assert(
    fc.property(rules, (rule) => {
      const password = generatePassword(rule);
      expect(password).toHaveLength(rule.PasswordLength ?? 32);
      for (const character of password) {
        expect(rule.ExcludeCharacters).not.toContain(character);
        if (rule.ExcludeLowercase) expect(character).not.toMatch(/[a-z]/);
        if (rule.ExcludeUppercase) expect(character).not.toMatch(/[A-Z]/);
        if (rule.ExcludePunctuation) expect(character).toMatch(/[A-Za-z0-9 ]/);
        if (!rule.IncludeSpace) expect(character).not.toBe(' ');
      }
    }),
  );
});

test('a password of the shortest length still has a character of each type', () => {
  const rule = generateSecretStringSchema.parse({ PasswordLength: 4 });
  for (let round = 0; round < 100; round += 1) {
    const password = generatePassword(rule);
    for (const type of [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/]) expect(password).toMatch(type);
  }
});

test('a rule that no password can follow is an error', () => {
  const none = {
    ExcludeLowercase: true,
    ExcludeUppercase: true,
    ExcludeNumbers: true,
    ExcludePunctuation: true,
  };
  expect(() => generatePassword(generateSecretStringSchema.parse(none))).toThrow('excludes every character');
  const short = generateSecretStringSchema.parse({ PasswordLength: 3 });
  expect(() => generatePassword(short)).toThrow('too short');
});

test('the template of a secret must be a JSON object', () => {
  const rule = { SecretStringTemplate: '[]', GenerateStringKey: 'v1' };
  expect(() => generateSecretString(generateSecretStringSchema.parse(rule))).toThrow('JSON object');
});
