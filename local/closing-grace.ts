/**
 * How long what is under way may take when the stack stops, in milliseconds, before it is cut off: long enough for a busy
 * machine, short enough for whoever has pressed Ctrl-C and waits.
 */
export const closingGrace = 5_000;
