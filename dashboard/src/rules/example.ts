/** What stands for the API's address in the files of `dashboard/examples`, so that each is a whole program as it is. */
const placeholder = 'https://api.example.com';

/**
 * An example as the guide prints it, and as the tests run it.
 * @param apiUrl of this deployment, without a slash at the end
 */
export function exampleFor(apiUrl: string, code: string): string {
  return code.replaceAll(placeholder, apiUrl);
}
