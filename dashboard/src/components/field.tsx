import { type ComponentProps, type ReactNode, useId } from 'react';

interface FieldProps {
  readonly label: string;
  /** What is expected; stays visible. */
  readonly hint?: ReactNode;
  /** What is wrong with it, as a sentence. */
  readonly error?: string | undefined;
  readonly isOptional?: boolean;
}

interface Control {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

/** Label, hint and error around a control of your own, which takes what the function is given. */
export function Field({
  label,
  hint,
  error,
  isOptional,
  children,
}: FieldProps & { readonly children: (control: Control) => ReactNode }) {
  const id = useId();
  const [hintId, errorId] = [`${id}-hint`, `${id}-error`];
  const described = [hint === undefined ? [] : hintId, error === undefined ? [] : errorId].flat().join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {isOptional === true && <span className="soft"> (optional)</span>}
      </label>
      {hint !== undefined && (
        <div className="field-hint" id={hintId}>
          {hint}
        </div>
      )}
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {error !== undefined && (
        <p className="field-error" id={errorId}>
          {error}
        </p>
      )}
    </div>
  );
}

type Own = keyof FieldProps | 'onChange' | 'className';

interface TextFieldProps extends FieldProps, Omit<ComponentProps<'input'>, Own> {
  readonly onChange: (value: string) => void;
}

export function TextField({ label, hint, error, isOptional, onChange, ...rest }: TextFieldProps) {
  return (
    <Field {...fieldProps({ label, hint, error, isOptional })}>
      {(control) => (
        <input
          type="text"
          autoComplete="off"
          {...rest}
          {...control}
          className="input"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

interface TextAreaProps extends FieldProps, Omit<ComponentProps<'textarea'>, Own> {
  readonly onChange: (value: string) => void;
}

export function TextArea({ label, hint, error, isOptional, onChange, ...rest }: TextAreaProps) {
  return (
    <Field {...fieldProps({ label, hint, error, isOptional })}>
      {(control) => (
        <textarea
          rows={4}
          {...rest}
          {...control}
          className="input"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly hint?: ReactNode;
}

interface ChoicesProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
}

/** One of a few: radio buttons, each with a line that says what follows. */
export function Choices<Value extends string>({ label, value, choices, onChange }: ChoicesProps<Value>) {
  const name = useId();
  return (
    <fieldset className="choices">
      <legend>{label}</legend>
      {choices.map((choice, index) => (
        <div className="choice" key={choice.value}>
          <input
            type="radio"
            id={`${name}-${index}`}
            name={name}
            value={choice.value}
            checked={choice.value === value}
            aria-describedby={choice.hint === undefined ? undefined : `${name}-${index}-hint`}
            onChange={() => onChange(choice.value)}
          />
          <div>
            <label htmlFor={`${name}-${index}`}>{choice.label}</label>
            {choice.hint !== undefined && (
              <div className="field-hint" id={`${name}-${index}-hint`}>
                {choice.hint}
              </div>
            )}
          </div>
        </div>
      ))}
    </fieldset>
  );
}

/** Optional properties that were not given stay absent. */
function fieldProps({
  label,
  hint,
  error,
  isOptional,
}: { [Name in keyof FieldProps]: FieldProps[Name] | undefined }) {
  return {
    label: label ?? '',
    ...(hint === undefined ? {} : { hint }),
    ...(error === undefined ? {} : { error }),
    ...(isOptional === undefined ? {} : { isOptional }),
  };
}
