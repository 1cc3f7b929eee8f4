import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Context } from 'hono';
import type * as schema from '../drizzle/schema.ts';

/** What the office is bound to; `admin/wrangler.toml` says where each comes from. */
export type Env = {
  DB: D1Database;
  COUPONS: KVNamespace;
  /** Counts sign-in attempts, by e-mail address. */
  SIGN_IN_ATTEMPTS: RateLimit;
  TRACKER_URL: string;
  OFFICE_URL: string;
  AUTH_SECRET: string;
  SETUP_TOKEN: string;
};

export type Db = DrizzleD1Database<typeof schema>;

export type User = {
  id: string;
  name: string;
  email: string;
  role: (typeof schema.ROLES)[number];
  secondFactor: boolean;
};

/** One office request: what it is bound to, and what the guard found out about who asks. */
export type App = {
  Bindings: Env;
  Variables: {
    db: Db;
    /** Null for a stranger. */
    user: User | null;
    /** The affiliate this person is; null for administrators and strangers. */
    affiliateId: number | null;
    /** What the page before wants said on this one. */
    flash: Flash | null;
    /** Whether coupons & offline sales are switched on. */
    couponsOn: boolean;
  };
};

export type Flash = { tone: 'good' | 'bad'; text: string };

export type OfficeContext = Context<App>;

/** The person asking. Throws where the guard let a stranger through: that is a bug. */
export function signedIn(c: OfficeContext): User {
  if (!c.var.user) throw new Error(`${c.req.path} needs somebody signed in, and is open to anyone`);
  return c.var.user;
}

/** The id that each query of the affiliate panel takes. Throws for anybody who is not an affiliate: that is a bug. */
export function signedInAffiliate(c: OfficeContext): number {
  if (c.var.affiliateId === null) throw new Error(`${c.req.path} needs an affiliate, and is open to others`);
  return c.var.affiliateId;
}
