import { createContext, useContext } from 'react';
import type { Config } from './config.ts';

export const ConfigContext = createContext<Config | undefined>(undefined);

export function useConfig(): Config {
  const config = useContext(ConfigContext);
  if (config === undefined) throw new Error('there is no configuration around this component');
  return config;
}
