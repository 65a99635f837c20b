/**
 * CloudFront function, at each viewer request: the app's own paths all open its one page. Their last part has no dot and a
 * file's has one, so that a file which is missing stays missing, instead of being a page under a script's name.
 */
// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name.
function handler(event) {
  const { request } = event;
  if (!/\.[a-z0-9]+$/i.test(request.uri)) request.uri = '/index.html';
  return request;
}
