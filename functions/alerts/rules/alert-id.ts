/** `alert_` and a ULID. */
const shape = /^alert_[0-9A-HJKMNP-TV-Z]{26}$/;

/** Whether a text can be the id of an alert. */
export const isAlertId = (text: string): boolean => shape.test(text);
