import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

// OWASP's password storage cheat sheet names N=2^14, r=8, p=5 as one of its equal choices: about 210 ms, and 16 MB, where
// its N=2^17 would need all 128 MB a worker has.
const COST: ScryptOptions = { N: 16384, r: 8, p: 5 };
const KEY_BYTES = 32;

export const PASSWORD_LENGTH_MIN = 10;
export const PASSWORD_LENGTH_MAX = 200;

function key(password: string, salt: Buffer): Promise<Buffer> {
  // NFKC, so that the same keys pressed on another machine are the same password (RFC 8265 §4).
  return new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, COST, (error, derived) =>
      error ? reject(error) : resolve(derived),
    ),
  );
}

/** `scrypt$<salt>$<key>`, both in base64url; runs in Node and in a worker alike. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('base64url')}$${(await key(password, salt)).toString('base64url')}`;
}

/** Whether `password` is the one `hash` was made of; false for a hash of another kind. */
export async function verifyPassword({ hash, password }: { hash: string; password: string }): Promise<boolean> {
  const [kind, salt, expected] = hash.split('$');
  if (kind !== 'scrypt' || !salt || !expected) return false;
  const wanted = Buffer.from(expected, 'base64url');
  const given = await key(password, Buffer.from(salt, 'base64url'));
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}
