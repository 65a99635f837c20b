/** As API Gateway hands them over: named as the client spelt them, and null where there are none. */
export type RequestHeaders = Readonly<Record<string, string | undefined>> | null | undefined;

/** The value of a header, whatever the case of its name; undefined where there is none. */
export function headerOf(headers: RequestHeaders, wanted: string): string | undefined {
  const name = wanted.toLowerCase();
  return Object.entries(headers ?? {}).find(([each]) => each.toLowerCase() === name)?.[1];
}
