import { newId, randomText } from '../ids.ts';
import type { PortalSession } from '../model.ts';

/** @param url of the stand-in @param configuration what the portal lets people do, by its id */
export function newPortalSession(
  created: number,
  url: string,
  fields: { readonly customer: string; readonly return_url: string | null },
): PortalSession {
  return {
    id: newId('bps'),
    object: 'billing_portal.session',
    configuration: 'bpc_local',
    created,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: null,
    on_behalf_of: null,
    // What opens the page is no part of what the API lists.
    url: `${url}/p/session/${randomText(64)}`,
    ...fields,
  };
}
