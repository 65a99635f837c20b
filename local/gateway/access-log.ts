import type { VariableScope } from './context-variables.ts';
import { lookupIn } from './context-variables.ts';
import type { Exchange } from './exchange.ts';
import type { Template } from './template.ts';
import { renderTemplate } from './template.ts';

/**
 * One line of the access log, `-` for what the request does not have. Values come from outside: they are escaped as in a
 * JSON string, so that none can end its field or begin a line of its own.
 */
export function accessLogLine(format: Template, exchange: Exchange, scope: VariableScope): string {
  const lookup = lookupIn(exchange, scope);
  const escaped = (variable: string) => {
    const value = lookup(variable);
    if (value === undefined || variable === 'context.error.messageString') return value;
    return JSON.stringify(value).slice(1, -1);
  };
  return renderTemplate(format, escaped, '-');
}
