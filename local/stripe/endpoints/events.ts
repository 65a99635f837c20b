import type { Endpoint } from '../api/endpoint.ts';
import { invalid } from '../api/error.ts';
import { listEndpoint, retrieveEndpoint } from '../api/list.ts';
import { boolean, list, range, text } from '../api/parameters.ts';

export const eventEndpoints: readonly Endpoint[] = [
  retrieveEndpoint('/v1/events', 'event'),
  listEndpoint(
    '/v1/events',
    'event',
    { created: range, delivery_success: boolean, type: text(), types: list(text(), 20) },
    (event, { created = () => true, delivery_success, type, types }) => {
      if (type !== undefined && types !== undefined) {
        throw invalid('You may only specify one of these parameters: type, types.');
      }
      return (
        created(event.created) &&
        (types ?? (type === undefined ? ['*'] : [type])).some((pattern) => isOfType(event.type, pattern)) &&
        (delivery_success === undefined || (event.pending_webhooks === 0) === delivery_success)
      );
    },
  ),
];

/** `invoice.*` stands for all that begin so. */
function isOfType(type: string, pattern: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
