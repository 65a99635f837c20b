import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Account, AccountKey } from '../../api/types.ts';
import { Button, LinkButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { TextField } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { ProblemView } from '../../components/problem-view.tsx';
import { stepsOf } from '../../rules/first-steps.ts';
import { faultOf } from '../../rules/problem.ts';
import { tierTitle } from '../../rules/tier-words.ts';
import { useNow } from '../../time/clock.ts';
import { keyOf, useCreateKey } from '../keys/create-key-dialog.tsx';
import { ChooseTier } from './choose-tier.tsx';

/** From a sign-up to a working key, on this page alone. */
export function FirstSteps({
  account,
  keys,
}: {
  readonly account: Account;
  readonly keys: readonly AccountKey[];
}) {
  const { next } = stepsOf(account, keys, useNow());
  const isNew = keys.length === 0;
  return (
    <Card
      title={
        isNew ? 'Three steps to your first call' : next === 'call' ? 'One step is left' : 'You have no key'
      }
    >
      <ol className="steps">
        <StepItem
          title="Choose a tier"
          state={next === 'tier' ? 'now' : 'done'}
          done={<>You have {tierTitle(account.tier)}.</>}
        >
          <ChooseTier account={account} />
        </StepItem>
        <StepItem
          title="Make a key"
          state={next === 'key' ? 'now' : next === 'tier' ? 'later' : 'done'}
          done="It is among your keys below."
        >
          <FirstKey />
        </StepItem>
        <StepItem title="Make a call" state={next === 'call' ? 'now' : 'later'}>
          <p>Copy an example in Python, JavaScript or curl, or try a call right in the browser.</p>
          <div className="actions">
            <LinkButton to="/start" look="primary">
              Make your first call
            </LinkButton>
          </div>
        </StepItem>
      </ol>
    </Card>
  );
}

interface StepItemProps {
  readonly title: string;
  readonly state: 'done' | 'now' | 'later';
  readonly done?: ReactNode;
  readonly children: ReactNode;
}

function StepItem({ title, state, done, children }: StepItemProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const before = useRef(state);
  useEffect(() => {
    // What had the focus is gone with the step before; a dialog that is open has it, and hands it on itself.
    const isReached = state === 'now' && before.current !== 'now';
    if (isReached && document.querySelector('[role="dialog"]') === null) heading.current?.focus();
    before.current = state;
  }, [state]);
  return (
    <li className={`step step-${state}`} aria-current={state === 'now' ? 'step' : undefined}>
      <span className="step-mark">{state === 'done' && <Icon name="tick" size={16} />}</span>
      <div className="step-body">
        <h3 ref={heading} tabIndex={-1}>
          {title}
          {state === 'done' && <span className="sr-only"> (done)</span>}
        </h3>
        {state === 'done' && done !== undefined && <p className="soft small">{done}</p>}
        {state === 'now' && children}
      </div>
    </li>
  );
}

function FirstKey() {
  const { create, isRunning, problem } = useCreateKey();
  const [name, setName] = useState('');
  return (
    <form
      className="first-key"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void create(keyOf(name, ''));
      }}
    >
      <TextField
        label="Name of the key"
        isOptional
        hint="Such as Production. You see the key once, right after it is made."
        value={name}
        maxLength={64}
        error={faultOf(problem, 'name')}
        onChange={setName}
      />
      {problem !== undefined && <ProblemView problem={problem} shownPaths={['name']} />}
      <div className="actions">
        <Button look="primary" icon="key" type="submit" isBusy={isRunning}>
          Make my key
        </Button>
      </div>
    </form>
  );
}
