import type { z } from 'zod';
import { parseStrictly } from './input.ts';
import { AwsError, type AwsRequest, type AwsService } from './service.ts';

/** One operation of a JSON-protocol service: the input as its schema gives it, the output as JSON. */
export interface JsonOperation {
  run(name: string, body: unknown, request: AwsRequest): unknown;
}

/** Parameters that the schema does not know are refused with `ValidationException`. */
export function operation<S extends z.ZodType>(
  schema: S,
  act: (input: z.output<S>, request: AwsRequest) => unknown,
): JsonOperation {
  return {
    run: (name, body, request) =>
      act(
        parseStrictly(schema, body, name, (message) => new AwsError('ValidationException', message)),
        request,
      ),
  };
}

/**
 * A service of AWS's JSON 1.1 protocol: `X-Amz-Target: <targetPrefix>.<operation>`.
 * @throws (from `handle`) AwsError `UnknownOperationException`, `SerializationException`, `ValidationException`
 */
export function jsonService(
  signingName: string,
  targetPrefix: string,
  operations: Readonly<Record<string, JsonOperation>>,
): AwsService {
  return {
    signingName,
    async handle(request) {
      const [prefix, name = ''] = (request.headers['x-amz-target'] ?? '').split('.');
      const found = prefix === targetPrefix && Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (found === undefined) {
        throw new AwsError(
          'UnknownOperationException',
          `The local ${signingName} does not support the operation "${name}"; it supports: ${Object.keys(operations).join(', ')}`,
        );
      }
      const output = await found.run(name, parseJson(request.body), request);
      return {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: output === undefined ? '' : JSON.stringify(output),
      };
    },
  };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.length === 0 ? '{}' : body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'The body is not valid JSON');
  }
}
