import { useCallback, useEffect, useRef, useState } from 'react';
import { type Intent, intentFor } from '../rules/intent.ts';
import { type Problem, problemOf } from '../rules/problem.ts';

/**
 * One act of the person: it runs once at a time, and its problem is state of the component. What it answers is handed to
 * the caller and kept nowhere, so that it may be a secret.
 */
export interface Action<Input, Output> {
  /** @returns what the act answered; undefined where it failed (then `problem` tells why) or was under way already */
  readonly run: (input: Input) => Promise<Output | undefined>;
  readonly isRunning: boolean;
  readonly problem: Problem | undefined;
  /** Takes the problem away. */
  readonly reset: () => void;
}

/**
 * @param act is given the `Idempotency-Key` of what is wanted: the same for every try with the same input, until one
 * works
 */
export function useAction<Input, Output>(
  act: (input: Input, idempotencyKey: string) => Promise<Output>,
): Action<Input, Output> {
  const [state, setState] = useState<{ isRunning: boolean; problem?: Problem }>({ isRunning: false });
  const intent = useRef<Intent>(undefined);
  const isRunning = useRef(false);
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  const run = useCallback(async (input: Input) => {
    if (isRunning.current) return undefined;
    isRunning.current = true;
    setState({ isRunning: true });
    const what = JSON.stringify(input) ?? '';
    intent.current = intentFor(what, intent.current, Date.now(), () => crypto.randomUUID());
    try {
      const output = await latest.current(input, intent.current.idempotencyKey);
      intent.current = undefined;
      setState({ isRunning: false });
      return output;
    } catch (error) {
      setState({ isRunning: false, problem: problemOf(error) });
      return undefined;
    } finally {
      isRunning.current = false;
    }
  }, []);
  const reset = useCallback(() => setState({ isRunning: false }), []);
  return { run, reset, isRunning: state.isRunning, problem: state.problem };
}
