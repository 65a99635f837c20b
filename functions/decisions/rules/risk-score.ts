import type { RiskLevel } from './vocabulary.ts';

const SCALE: Readonly<Record<RiskLevel, { readonly lowest: number; readonly highest: number }>> = {
  LOW: { lowest: 0, highest: 24 },
  MEDIUM: { lowest: 25, highest: 49 },
  HIGH: { lowest: 50, highest: 74 },
  CRITICAL: { lowest: 75, highest: 100 },
};

/**
 * The score of an amount inside its level, which begins above `from` and ends with `to` (`Infinity`: nowhere): an
 * integer, linear in the amount, rounded down. It never falls while the amount rises, and is the level's highest
 * score from the end of the scale on, not before.
 */
export function riskScore(level: RiskLevel, from: number, to: number, amount: number): number {
  const { lowest, highest } = SCALE[level];
  const end = endOfScale(level, from, to);
  if (amount >= end || end === Number.POSITIVE_INFINITY) return highest;
  const steps = highest - lowest;
  // Multiplied before it is divided, so that whole amounts stay exact. Just below the end, rounding may yield the
  // last step too early: hence the bound.
  const step = Math.floor((steps * (amount - from)) / (end - from));
  return lowest + Math.min(step, steps - 1);
}

/**
 * CRITICAL, and whatever has no end of its own, is measured against ten times its beginning. A level that has
 * neither end nor beginning offers no measure: then the cautious answer is the highest score for every amount.
 */
function endOfScale(level: RiskLevel, from: number, to: number): number {
  const open = level === 'CRITICAL' || to === Number.POSITIVE_INFINITY;
  return open && from > 0 ? from * 10 : to;
}
