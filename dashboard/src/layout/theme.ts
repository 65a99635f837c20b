import { useSyncExternalStore } from 'react';

/** Light, dark, or what the system says; the choice is kept in this browser. */
export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

const keptAs = 'theme';
const listeners = new Set<() => void>();
let theme: Theme = kept();

/** Before anything is drawn. */
export function applyTheme(): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
}

export function chooseTheme(choice: Theme): void {
  theme = choice;
  try {
    window.localStorage.setItem(keptAs, choice);
  } catch {
    // Storage is not allowed: the choice holds until the page is closed.
  }
  applyTheme();
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
  );
}

function kept(): Theme {
  try {
    const value = window.localStorage.getItem(keptAs);
    return themes.find((each) => each === value) ?? 'system';
  } catch {
    return 'system';
  }
}
