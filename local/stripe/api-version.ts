/** The only version that the stand-in speaks: the one that the `stripe` package of this project is pinned to. */
export const apiVersion = '2026-10-28.endive';
