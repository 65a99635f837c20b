/** What other subsystems may use of payments. */
export { composeAvailability, composePaymentErasure } from './compose.ts';
