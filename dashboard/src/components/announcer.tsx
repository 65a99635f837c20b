import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { Icon } from './icon.tsx';

const AnnounceContext = createContext<(text: string) => void>(() => {});

/** Tells a result to everybody: in a corner of the window for some seconds, and to screen readers. */
export function useAnnounce(): (text: string) => void {
  return useContext(AnnounceContext);
}

/** Longer than it takes to read; whoever stays on it with the pointer is not hurried. */
const shownFor = 6000;

export function Announcer({ children }: { readonly children: ReactNode }) {
  const [told, setTold] = useState<{ text: string; number: number }>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hideLater = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setTold(undefined), shownFor);
  }, []);
  const announce = useCallback(
    (text: string) => {
      setTold((before) => ({ text, number: (before?.number ?? 0) + 1 }));
      hideLater();
    },
    [hideLater],
  );
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <AnnounceContext value={announce}>
      {children}
      {/* The pointer on the text keeps it where it is. */}
      <div
        className="announcer"
        role="status"
        onPointerEnter={() => clearTimeout(timer.current)}
        onPointerLeave={hideLater}
      >
        {told !== undefined && (
          <p key={told.number}>
            <Icon name="tick" size={18} />
            {told.text}
          </p>
        )}
      </div>
    </AnnounceContext>
  );
}
