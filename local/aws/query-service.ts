import type { z } from 'zod';
import { escapeXml } from './error-response.ts';
import { parseStrictly } from './input.ts';
import { type FormValue, readForm } from './query-form.ts';
import { AwsError, type AwsRequest, type AwsResponse, type AwsService } from './service.ts';

/** One operation of a Query-protocol service: the result's members as text. */
export interface QueryOperation {
  run(name: string, input: FormValue, request: AwsRequest, invalid: string): Promise<Result> | Result;
}

type Result = Readonly<Record<string, string>>;

export interface QueryServiceOptions {
  readonly signingName: string;
  /** Namespace of the answers, such as `http://ses.amazonaws.com/doc/2010-12-01/`. */
  readonly namespace: string;
  readonly version: string;
  /** What the service calls a caller without permission, and a parameter that is wrong. */
  readonly codes: { readonly denied: string; readonly invalid: string };
  readonly operations: Readonly<Record<string, QueryOperation>>;
}

/** Parameters that the schema does not know are refused with the service's code for a wrong parameter. */
export function queryOperation<S extends z.ZodType>(
  schema: S,
  act: (input: z.output<S>, request: AwsRequest) => Promise<Result> | Result,
): QueryOperation {
  return {
    run: (name, input, request, invalid) =>
      act(
        parseStrictly(schema, input, name, (message) => new AwsError(invalid, message)),
        request,
      ),
  };
}

/**
 * A service of AWS's Query protocol: a form with `Action` and `Version`, answered in XML.
 * @throws (from `handle`) AwsError `InvalidAction`, and the service's own codes
 */
export function queryService(options: QueryServiceOptions): AwsService {
  const { signingName, version, operations, codes } = options;

  async function run(request: AwsRequest): Promise<AwsResponse> {
    const form = new URLSearchParams(request.body.toString('utf8'));
    const name = form.get('Action') ?? '';
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (operation === undefined || form.get('Version') !== version) {
      const supported = Object.keys(operations).join(', ');
      throw new AwsError(
        'InvalidAction',
        `Could not find operation ${name} for version ${form.get('Version')}: the local ${signingName} has ${supported} of version ${version}`,
      );
    }
    const result = await operation.run(name, readForm(form), request, codes.invalid);
    const members = Object.entries(result).map(([member, text]) => element(member, escapeXml(text)));
    return {
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body:
        `<${name}Response xmlns="${options.namespace}">${element(`${name}Result`, members.join(''))}` +
        `${element('ResponseMetadata', element('RequestId', request.requestId))}</${name}Response>`,
    };
  }

  return {
    signingName,
    async handle(request) {
      try {
        return await run(request);
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== 'AccessDeniedException') throw error;
        throw new AwsError(codes.denied, error.message, 403);
      }
    },
  };
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}
