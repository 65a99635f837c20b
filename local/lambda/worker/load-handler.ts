import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeError } from './runtime-errors.ts';

export type Handler = (event: unknown, context: object) => unknown;

const EXTENSIONS = ['', '.js', '.mjs', '.cjs'];

/**
 * Loads what a function's `Handler` names, such as `index.handler` or `folder/index.nested.handler`.
 * @throws RuntimeError as nodejs24.x reports it: Runtime.MalformedHandlerName, ImportModuleError,
 *   UserCodeSyntaxError, HandlerNotFound, CallbackHandlerDeprecated; whatever else the module throws passes through
 */
export async function loadHandler(taskRoot: string, handlerName: string): Promise<Handler> {
  const file = basename(handlerName);
  const dot = file.indexOf('.');
  if (dot < 1 || handlerName.includes('..')) {
    throw new RuntimeError('Runtime.MalformedHandlerName', `'${handlerName}' is not a valid handler name.`);
  }
  const module = await importModule(join(taskRoot, dirname(handlerName), file.slice(0, dot)));
  const path = file.slice(dot + 1).split('.');
  const handler = find(module, path) ?? find(find(module, ['default']), path);
  if (handler === undefined || handler === null) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handlerName} is undefined or not exported`);
  }
  if (!isHandler(handler)) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handlerName} is not a function`);
  }
  if (handler.length >= 3) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      `${handlerName} takes a callback, which nodejs24.x does not support: return a promise instead`,
    );
  }
  return handler;
}

async function importModule(pathWithoutExtension: string): Promise<unknown> {
  const file = await firstFile(EXTENSIONS.map((extension) => pathWithoutExtension + extension));
  if (file === undefined) {
    throw new RuntimeError(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${basename(pathWithoutExtension)}'`,
    );
  }
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error), { cause: error });
    }
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
      throw new RuntimeError('Runtime.ImportModuleError', String(error), { cause: error });
    }
    throw error;
  }
}

async function firstFile(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => undefined);
    if (found?.isFile()) return candidate;
  }
  return undefined;
}

function find(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}
