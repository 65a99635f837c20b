/** What fields may hold that several messages have. */

export const exampleOpenPgpKey = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEZ0mZ0BYJKwYBBAHaRw8BAQdA...
-----END PGP PUBLIC KEY BLOCK-----`;

export const exampleKeyCursor = 'IjBBYkNkRWZHaElqSyI';
export const exampleAuditCursor = 'eyJzdWJfMDEyMzQ1Njc4OUFiQ2RFZkdoSWoiOjQsIjBBYkNkRWZHaElqSyI6M30';
