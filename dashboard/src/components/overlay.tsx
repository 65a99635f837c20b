import { createContext, type ReactNode, useContext, useState } from 'react';

const OverlayContext = createContext<(node: ReactNode) => void>(() => {});

/** Shows something above the pages, which stays while they change beneath: a secret is not lost by the Back button. */
export function useOverlay(): (node: ReactNode) => void {
  return useContext(OverlayContext);
}

export function Overlay({ children }: { readonly children: ReactNode }) {
  const [node, setNode] = useState<ReactNode>(null);
  return (
    <OverlayContext value={setNode}>
      {children}
      {node}
    </OverlayContext>
  );
}
