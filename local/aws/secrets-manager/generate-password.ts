import { randomInt } from 'node:crypto';
import { z } from 'zod';

/** `GenerateSecretString` of AWS::SecretsManager::Secret. */
export const generateSecretStringSchema = z
  .strictObject({
    PasswordLength: z.int().min(1).max(4096).default(32),
    ExcludeCharacters: z.string().default(''),
    ExcludeLowercase: z.boolean().default(false),
    ExcludeUppercase: z.boolean().default(false),
    ExcludeNumbers: z.boolean().default(false),
    ExcludePunctuation: z.boolean().default(false),
    IncludeSpace: z.boolean().default(false),
    RequireEachIncludedType: z.boolean().default(true),
    SecretStringTemplate: z.string().optional(),
    GenerateStringKey: z.string().optional(),
  })
  .refine((rule) => (rule.SecretStringTemplate === undefined) === (rule.GenerateStringKey === undefined), {
    error: 'SecretStringTemplate and GenerateStringKey come together or not at all',
  });

export type GenerateSecretString = z.output<typeof generateSecretStringSchema>;

/**
 * A new secret string: the password itself, or the template's JSON object with the password under its key.
 * @throws Error where no password can follow the rule, or the template is no JSON object
 */
export function generateSecretString(rule: GenerateSecretString): string {
  const password = generatePassword(rule);
  if (rule.SecretStringTemplate === undefined || rule.GenerateStringKey === undefined) return password;
  const template: unknown = JSON.parse(rule.SecretStringTemplate);
  if (typeof template !== 'object' || template === null || Array.isArray(template)) {
    throw new Error('SecretStringTemplate must be a JSON object');
  }
  return JSON.stringify({ ...template, [rule.GenerateStringKey]: password });
}

/** A password from a CSPRNG; with `RequireEachIncludedType` it has a character of each type that is not excluded. */
export function generatePassword(rule: GenerateSecretString): string {
  const types = characterTypes(rule);
  const all = types.join('');
  if (all === '') throw new Error('GenerateSecretString excludes every character');
  const required = rule.RequireEachIncludedType ? types : [];
  if (required.length > rule.PasswordLength) {
    throw new Error(
      `PasswordLength ${rule.PasswordLength} is too short for a character of each included type`,
    );
  }
  const characters = [
    ...required.map(pick),
    ...Array.from({ length: rule.PasswordLength - required.length }, () => pick(all)),
  ];
  return shuffle(characters).join('');
}

/** The characters of each included type; a type of which nothing is left cannot be required. */
function characterTypes(rule: GenerateSecretString): string[] {
  const types: [excluded: boolean, characters: string][] = [
    [rule.ExcludeLowercase, 'abcdefghijklmnopqrstuvwxyz'],
    [rule.ExcludeUppercase, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
    [rule.ExcludeNumbers, '0123456789'],
    [rule.ExcludePunctuation, '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
    [!rule.IncludeSpace, ' '],
  ];
  return types
    .filter(([excluded]) => !excluded)
    .map(([, characters]) => [...characters].filter((one) => !rule.ExcludeCharacters.includes(one)).join(''))
    .filter((characters) => characters !== '');
}

function pick(characters: string): string {
  return characters.charAt(randomInt(characters.length));
}

/** Fisher–Yates, so that the required characters do not stand first. */
function shuffle(characters: string[]): string[] {
  const result = [...characters];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    const kept = result[last] ?? '';
    result[last] = result[other] ?? '';
    result[other] = kept;
  }
  return result;
}
