/** What fields may hold that several messages have. */

export const exampleOpenPgpKey = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZ0mZ0BYJKwYBBAHaRw8BAQdA...
-----END PGP PUBLIC KEY BLOCK-----`;

export const exampleKeyCursor = 'IjBBYkNkRWZHaElqSyI';
export const exampleAuditCursor = 'eyJzdWJfMDEyMzQ1Njc4OUFiQ2RFZkdoSWoiOjQsIjBBYkNkRWZHaElqSyI6M30';

export const exampleAlertId = 'alert_01KB3V5GQ8Z4N6M7P9R2S5T8WX';
export const exampleAlertCursor = 'ImFsZXJ0XzAxS0IzVjVHUThaNE42TTdQOVIyUzVUOFdYIg';

/** As the product writes it of a surge: see `tellSurge`. */
export const exampleExplanation =
  '4,210 requests between 08:00 and 09:00 UTC on 27 November; usual for this hour: 520–930. It has lasted for 2 hours, with 6,830 requests.';
