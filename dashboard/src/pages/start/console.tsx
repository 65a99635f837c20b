import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { askForDecision, type DecisionAnswer, type DecisionCall } from '../../api/decisions.ts';
import { useRefresh } from '../../api/queries.ts';
import type { Account, DecisionRequest } from '../../api/types.ts';
import { useAction } from '../../api/use-action.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Field, TextField } from '../../components/field.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { useConfig } from '../../config-context.ts';
import { formatCount } from '../../rules/formats.ts';
import { faultOf } from '../../rules/problem.ts';
import { ConsoleAnswer } from './console-answer.tsx';
import { categories } from './guide.ts';

interface ConsoleProps {
  /** A key that was made on this page; empty for none. */
  readonly madeKey: string;
  readonly account: Account | undefined;
}

type Category = DecisionRequest['category'];

interface Asked {
  readonly call: DecisionCall;
  readonly answer: DecisionAnswer;
}

/**
 * A real call by the browser. The key is the state of this component: it is never stored, and gone with the page.
 */
export function Console({ madeKey, account }: ConsoleProps) {
  const { apiUrl } = useConfig();
  const refresh = useRefresh();
  const keyField = useRef<HTMLInputElement>(null);
  const amountField = useRef<HTMLInputElement>(null);
  const [apiKey, setApiKey] = useState(madeKey);
  const [category, setCategory] = useState<Category>('FINANCIAL');
  const [amount, setAmount] = useState('1000');
  const [description, setDescription] = useState('Renew the design tool');
  const [isExplained, setIsExplained] = useState(true);
  const [faults, setFaults] = useState<{ readonly apiKey?: string; readonly amount?: string }>({});
  const [asked, setAsked] = useState<Asked>();
  const explainId = useId();
  const action = useAction((call: DecisionCall) => askForDecision(apiUrl, call));
  const problem = asked?.answer.problem;

  useEffect(() => {
    const forget = () => setApiKey('');
    window.addEventListener('pagehide', forget);
    return () => window.removeEventListener('pagehide', forget);
  }, []);

  async function ask(event: FormEvent): Promise<void> {
    event.preventDefault();
    const key = apiKey.trim();
    const found = { ...keyFault(key), ...amountFault(amount) };
    setFaults(found);
    if (found.apiKey !== undefined) return keyField.current?.focus();
    if (found.amount !== undefined) return amountField.current?.focus();
    const request = { category, amount: Number(amount), description };
    const call = { apiKey: key, request, isExplained };
    const answer = await action.run(call);
    setAsked(answer === undefined ? undefined : { call, answer });
    // What is counted is shown elsewhere, too; a call whose answer was lost may have been.
    void refresh();
  }

  return (
    <Card title="2. Try it here">
      <p>
        Your browser makes a real call, as your program will. <Counts account={account} />
      </p>
      <div className="console">
        <form className="form" noValidate onSubmit={(event) => void ask(event)}>
          <TextField
            ref={keyField}
            label="API key"
            type="password"
            autoComplete="off"
            spellCheck={false}
            data-1p-ignore
            data-lpignore="true"
            hint={
              madeKey !== '' && apiKey === madeKey
                ? 'The key that you have just made. It stays in this page alone.'
                : 'It stays in this page alone, and goes to the API only.'
            }
            error={faults.apiKey}
            value={apiKey}
            onChange={setApiKey}
          />
          <div className="console-pair">
            <Field label="Category" error={faultOf(problem, 'category')}>
              {(control) => (
                <select
                  {...control}
                  className="input"
                  value={category}
                  onChange={(event) => setCategory(event.target.value as Category)}
                >
                  {Object.entries(categories).map(([value, label]) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <TextField
              ref={amountField}
              label="Amount in USD"
              inputMode="decimal"
              error={faults.amount ?? faultOf(problem, 'amount')}
              value={amount}
              onChange={setAmount}
            />
          </div>
          <TextField
            label="Description"
            isOptional
            error={faultOf(problem, 'description')}
            value={description}
            onChange={setDescription}
          />
          <div className="choice">
            <input
              type="checkbox"
              id={explainId}
              checked={isExplained}
              onChange={(event) => setIsExplained(event.target.checked)}
            />
            <label htmlFor={explainId}>Tell which row of the policy decided</label>
          </div>
          <div className="actions">
            <Button look="primary" type="submit" isBusy={action.isRunning}>
              Ask for a decision
            </Button>
          </div>
        </form>
        <div className="console-answer" aria-busy={action.isRunning}>
          {action.problem !== undefined && <ProblemView problem={action.problem} />}
          {action.problem === undefined && asked === undefined && (
            <p className="soft console-empty">
              Status, headers and body of the answer appear here, and what they mean.
            </p>
          )}
          {action.problem === undefined && asked !== undefined && <ConsoleAnswer {...asked} />}
        </div>
      </div>
    </Card>
  );
}

/** It is said before, not after. */
function Counts({ account }: { readonly account: Account | undefined }) {
  if (account === undefined) return <>The call counts as one request of your month.</>;
  const left = Math.max(0, account.usage.limit - account.usage.total);
  return (
    <>
      The call counts as one request: this month you have <strong>{formatCount(left, 'request')}</strong>{' '}
      left.
    </>
  );
}

function keyFault(apiKey: string): { apiKey?: string } {
  if (apiKey === '') return { apiKey: 'Type or paste a key, or make one above.' };
  // Nothing else can stand in a header.
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    return { apiKey: 'A key has letters, digits and _ only: copy it again.' };
  return {};
}

function amountFault(amount: string): { amount?: string } {
  const isNumber = amount.trim() !== '' && Number.isFinite(Number(amount));
  return isNumber ? {} : { amount: 'Type a number, such as 1000 or 99.5.' };
}
