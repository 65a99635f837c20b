import { accessLogFormat } from '../../lib/constructs/access-log-format.ts';

export interface SampleRequest {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly status: number;
  readonly keyId?: string;
  readonly subscriptionId?: string;
  readonly tier?: string;
  readonly sourceIp?: string;
}

/** A line of the access log in the format that the stack sets, `-` for what the request does not have. */
export function accessLine(request: SampleRequest, more: Readonly<Record<string, string>> = {}): string {
  const { at, status, ...rest } = request;
  const fields: Record<string, string> = {
    requestId: 'b5c1f0f0-0000-4000-8000-000000000000',
    requestTimeEpoch: String(at),
    method: 'POST',
    resource: '/decisions/evaluate',
    status: String(status),
    ...rest,
    ...more,
  };
  const names = Object.keys(JSON.parse(accessLogFormat) as object);
  for (const name of Object.keys(fields)) {
    if (!names.includes(name)) throw new Error(`the access log has no field ${name}`);
  }
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, fields[name] ?? '-'])));
}

export interface SampleRefusal {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly reason: string;
  readonly keyId?: string;
  readonly subscriptionId?: string;
  readonly tier?: string;
}

/** A line of the authorizer, as its logger writes it. */
export function refusalLine({ at, ...refusal }: SampleRefusal): string {
  return JSON.stringify({
    level: 'WARN',
    message: 'refused',
    timestamp: new Date(at).toISOString(),
    service: 'authorize-request',
    apiRequestId: 'b5c1f0f0-0000-4000-8000-000000000000',
    key: 'user_abcde...',
    ...refusal,
  });
}
