import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { APIError } from 'better-auth/api';
import { betterAuth } from 'better-auth/minimal';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { and, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import * as schema from '../drizzle/schema.ts';
import { type Db, type Env, type OfficeContext, signedIn, type User } from './env.ts';
import { hashPassword, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, verifyPassword } from './password.ts';

const DAY_S = 24 * 60 * 60;
const NOT_ACTIVE = 'NOT_ACTIVE';
const WAITING = 'APPLICATION_WAITING';

export const openDb = (env: Env): Db => drizzle(env.DB, { schema });

/** Made anew for each request: it does no I/O of its own, and a worker must not wait on another request's promise. */
export function authFor(c: OfficeContext) {
  const { db } = c.var;
  return betterAuth({
    appName: 'Counterfoil',
    baseURL: new URL(c.req.url).origin,
    // Nothing is served at this path: our own routes call the endpoints one by one.
    basePath: '/auth',
    secret: c.env.AUTH_SECRET,
    database: drizzleAdapter(db, { provider: 'sqlite', schema, usePlural: true }),
    user: {
      additionalFields: {
        role: { type: 'string', required: true, input: false },
        removedAt: { type: 'date', required: false, input: false },
      },
    },
    plugins: [twoFactor({ issuer: 'Counterfoil' })],
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH_MIN,
      maxPasswordLength: PASSWORD_LENGTH_MAX,
      password: { hash: hashPassword, verify: verifyPassword },
    },
    session: { expiresIn: 14 * DAY_S, updateAge: DAY_S },
    // By client address, beside SIGN_IN_ATTEMPTS by e-mail address: an office behind one address still gets in.
    rateLimit: {
      enabled: true,
      storage: 'database',
      customRules: {
        '/sign-in/email': { window: 60, max: 40 },
        '/change-password': { window: 60, max: 10 },
        // Five codes a sign-in, and ten wrong ones in a row close the account to codes for a quarter of an hour.
        '/two-factor/*': { window: 60, max: 40 },
      },
    },
    advanced: {
      cookiePrefix: 'counterfoil',
      useSecureCookies: c.env.OFFICE_URL.startsWith('https:'),
      defaultCookieAttributes: { sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: ['cf-connecting-ip'] },
    },
    databaseHooks: {
      session: {
        create: {
          // After the password was found right, so that a stranger does not learn who is suspended.
          before: async ({ userId }) => {
            const refusal = await refusalOf(db, userId);
            if (refusal) throw new APIError('FORBIDDEN', { code: refusal });
          },
        },
      },
    },
    logger: { disabled: true },
    telemetry: { enabled: false },
  });
}

async function affiliateOf(db: Db, userId: string) {
  return db.query.affiliates.findFirst({
    columns: { id: true, status: true },
    where: eq(schema.affiliates.userId, userId),
  });
}

/** Why somebody with the right password does not get in, or null. */
async function refusalOf(db: Db, userId: string): Promise<typeof NOT_ACTIVE | typeof WAITING | null> {
  const user = await db.query.users.findFirst({ columns: { removedAt: true }, where: eq(schema.users.id, userId) });
  if (!user || user.removedAt) return NOT_ACTIVE;
  const affiliate = await affiliateOf(db, userId);
  if (affiliate?.status === 'pending') return WAITING;
  return affiliate === undefined || affiliate.status === 'active' ? null : NOT_ACTIVE;
}

/**
 * Who asks, by the session cookie. A stranger is `user: null`; so is an affiliate who is no longer active, whose
 * sessions thereby stop working with the very next request.
 */
export async function whoAsks(c: OfficeContext): Promise<{ user: User | null; affiliateId: number | null }> {
  const stranger = { user: null, affiliateId: null };
  if (!c.req.header('cookie')?.includes('session_token')) return stranger;
  const { headers, response: session } = await authFor(c).api.getSession({
    headers: c.req.raw.headers,
    returnHeaders: true,
  });
  for (const cookie of headers.getSetCookie()) c.header('set-cookie', cookie, { append: true });
  if (!session) return stranger;
  const { id, name, email, twoFactorEnabled, removedAt } = session.user;
  if (removedAt) return stranger;
  const role = session.user.role as User['role'];
  const user: User = { id, name, email, role, secondFactor: twoFactorEnabled === true };
  if (role === 'administrator') return { user, affiliateId: null };
  const affiliate = await affiliateOf(c.var.db, id);
  return affiliate?.status === 'active' ? { user, affiliateId: affiliate.id } : stranger;
}

export type SignInOutcome = 'signed in' | 'code asked' | 'wrong' | 'not active' | 'waiting' | 'too many attempts';

/**
 * Signs somebody in, setting the cookie on `c`; whoever has a second factor is asked for its code next (`enterCode`).
 * Attempts are counted by e-mail address and by client address.
 */
export async function signIn(c: OfficeContext, email: string, password: string): Promise<SignInOutcome> {
  const { success } = await c.env.SIGN_IN_ATTEMPTS.limit({ key: email.toLowerCase() });
  if (!success) return 'too many attempts';
  const response = await ask(c, '/sign-in/email', { email, password });
  if (response.status === 429) return 'too many attempts';
  const { code, twoFactorRedirect } = (await response.json()) as { code?: string; twoFactorRedirect?: boolean };
  if (response.ok) return twoFactorRedirect ? 'code asked' : 'signed in';
  if (code === NOT_ACTIVE) return 'not active';
  if (code === WAITING) return 'waiting';
  if (response.status >= 500) throw new Error(`better-auth answered the sign-in with ${response.status} ${code}`);
  return 'wrong';
}

/** Ends this session, here and in the database. */
export async function signOut(c: OfficeContext): Promise<void> {
  await ask(c, '/sign-out', {});
}

/** Sets a new password and ends the person's other sessions. */
export async function changePassword(
  c: OfficeContext,
  currentPassword: string,
  newPassword: string,
): Promise<'changed' | 'wrong' | 'too many attempts'> {
  const response = await ask(c, '/change-password', { currentPassword, newPassword, revokeOtherSessions: true });
  if (response.ok) return 'changed';
  if (response.status === 429) return 'too many attempts';
  const { code } = (await response.json()) as { code?: string };
  if (code === 'INVALID_PASSWORD') return 'wrong';
  throw new Error(`better-auth answered the password change with ${response.status} ${code}`);
}

/**
 * Asks the person who is signed in for their password again, before what matters: a session left open is not them.
 * Attempts are counted by person.
 */
export async function isOwnPassword(
  c: OfficeContext,
  password: string,
): Promise<'right' | 'wrong' | 'too many attempts'> {
  const { id } = signedIn(c);
  const { success } = await c.env.SIGN_IN_ATTEMPTS.limit({ key: `again ${id}` });
  if (!success) return 'too many attempts';
  const account = await c.var.db.query.accounts.findFirst({
    columns: { password: true },
    where: and(eq(schema.accounts.userId, id), eq(schema.accounts.providerId, 'credential')),
  });
  const hash = account?.password;
  return hash && (await verifyPassword({ hash, password })) ? 'right' : 'wrong';
}

/** One POST to better-auth's own handler, which counts attempts (its `api` functions do not). Its cookies go out on `c`. */
export async function ask(c: OfficeContext, path: string, body: Record<string, unknown>): Promise<Response> {
  const { origin } = new URL(c.req.url);
  const headers = new Headers({ 'content-type': 'application/json', origin });
  for (const name of ['cookie', 'user-agent', 'cf-connecting-ip']) {
    const value = c.req.header(name);
    if (value) headers.set(name, value);
  }
  const response = await authFor(c).handler(
    new Request(`${origin}/auth${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  );
  for (const cookie of response.headers.getSetCookie()) c.header('set-cookie', cookie, { append: true });
  return response;
}
