import type { PasswordPolicy } from '../read-user-pool.ts';

interface Rule {
  /** `at least 12 characters` */
  readonly text: string;
  isKept(password: string): boolean;
}

/** The symbols that Cognito counts, a space inside among them. */
const symbol = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]|\S \S/;
const longest = 256;

/** The rules of a policy, as people read them. */
export function passwordRules(policy: PasswordPolicy): readonly string[] {
  return rulesOf(policy).map(({ text }) => text);
}

/** Every rule that the password breaks. */
export function brokenRules(policy: PasswordPolicy, password: string): readonly string[] {
  const broken = rulesOf(policy).filter((rule) => !rule.isKept(password));
  if ([...password].length > longest)
    broken.push({ text: `at most ${longest} characters`, isKept: () => false });
  return broken.map(({ text }) => text);
}

function rulesOf({ minimumLength, lowercase, uppercase, numbers, symbols }: PasswordPolicy): Rule[] {
  const contains = (text: string, pattern: RegExp): Rule => ({
    text,
    isKept: (password) => pattern.test(password),
  });
  return [
    {
      text: `at least ${minimumLength} characters`,
      isKept: (password) => [...password].length >= minimumLength,
    },
    ...(lowercase ? [contains('a lower-case letter', /[a-z]/)] : []),
    ...(uppercase ? [contains('an upper-case letter', /[A-Z]/)] : []),
    ...(numbers ? [contains('a digit', /[0-9]/)] : []),
    ...(symbols ? [contains('a symbol (such as - or !)', symbol)] : []),
  ];
}
