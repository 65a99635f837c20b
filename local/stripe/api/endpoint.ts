import type { Account } from '../account.ts';
import type { FormObject } from './form.ts';
import { type Input, list, type Reader, readParameters, type Shape, text } from './parameters.ts';

/** A request whose parameters are right. */
export interface Prepared {
  readonly expand: readonly string[];
  /** Carries it out. @returns the object to answer with @throws ApiError */
  run(): object;
}

/** One method of one path. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With a colon before what stands for an id: `/v1/customers/:id`. */
  readonly path: string;
  /** @param id what stands in the place of `:id` @throws ApiError where the parameters are wrong */
  prepare(form: FormObject, id: string, account: Account): Prepared;
}

export function endpoint<const S extends Shape>(
  method: Endpoint['method'],
  path: string,
  shape: S,
  run: (input: Input<S>, account: Account, id: string) => object,
): Endpoint {
  const expand: Reader<string[]> = list(text(), 20);
  return {
    method,
    path,
    prepare(form, id, account) {
      const { expand: paths, ...others } = form;
      const input = readParameters(shape, others);
      return {
        expand: paths === undefined ? [] : expand(paths, 'expand'),
        run: () => run(input, account, id),
      };
    },
  };
}
