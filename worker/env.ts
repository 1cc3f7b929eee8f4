import type { Report } from '../ledger/report.ts';

/** What the tracker is bound to; see wrangler.toml. */
export interface TrackerEnv {
  DB: D1Database;
  COUPONS: KVNamespace;
  SPOOL: Queue<Spooled>;
  UNKNOWN_CODES: RateLimit;
  VISITOR_SECRET: string;
}

/** A report that waits in the spool. */
export interface Spooled {
  report: Report;
  /** Sent by somebody above the limit for unknown codes: kept only if its code turns out to be ours. */
  guess: boolean;
}
