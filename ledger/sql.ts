/** SQL that statements of several rooms share. */

/** What is said to be so within this time of D1's clock is now: no other clock is further off than that. */
const NOW_MS = 300_000;

const D1_NOW = `CAST(unixepoch('subsec') * 1000 AS INTEGER)`;

/**
 * The instant from which a change holds. One that is made now holds from its commit, by D1's clock, so that a sale which
 * was written a moment before is not touched by it; one that is told of another time (a test's, a demo's) holds from then.
 * @param said the parameter that has it in epoch milliseconds, such as `?8`.
 */
export const atCommit = (said: string) => `iif(abs(${said} - ${D1_NOW}) < ${NOW_MS}, ${D1_NOW}, ${said})`;
