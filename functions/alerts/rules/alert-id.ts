/** How the id of an alert begins; a ULID follows. */
export const alertIdPrefix = 'alert_';

/** The id of an alert, as a regular expression. */
export const alertIdPattern = `${alertIdPrefix}[0-9A-HJKMNP-TV-Z]{26}`;

/** What is told of a text that is none. */
export const noAlertId = `must be an alert id: ${alertIdPrefix} and 26 digits and capital letters`;

const shape = new RegExp(`^${alertIdPattern}$`);

/** Whether a text can be the id of an alert. */
export const isAlertId = (text: string): boolean => shape.test(text);
