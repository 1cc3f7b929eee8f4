import { SAME_BROWSER_MS } from '../ledger/sales/place.ts';

const encoder = new TextEncoder();

/** Where a request comes from. Only ever hashed or counted, never kept. */
export function addressOf(request: Request): string {
  return request.headers.get('cf-connecting-ip') ?? 'unknown';
}

/**
 * Hashes by which the same browser is known again: the witness of what it says, and of a reload where the shop sends no
 * order id. The salt changes with the UTC day, so that nobody can be followed from one day to the next; in the first half
 * hour of a day yesterday's hash is given too.
 * @returns 32 hex digits each, today's first.
 */
export async function browsersOf(secret: string, request: Request, now: number): Promise<string[]> {
  const browser = [addressOf(request), request.headers.get('user-agent') ?? ''].join('\n');
  const days = new Set([dayOf(now), dayOf(now - SAME_BROWSER_MS)]);
  return Promise.all(
    [...days].map(async (day) => {
      const hash = new Uint8Array(await crypto.subtle.sign('HMAC', await saltOf(secret, day), encoder.encode(browser)));
      return Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
    }),
  );
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

const salts = new Map<string, Promise<CryptoKey>>();

/** Kept for the days that are asked for: making it takes longer than all of a hash. */
function saltOf(secret: string, day: string): Promise<CryptoKey> {
  const known = salts.get(day);
  if (known) return known;
  if (salts.size > 2) salts.clear();
  const made = hmacKey(encoder.encode(secret))
    .then((key) => crypto.subtle.sign('HMAC', key, encoder.encode(day)))
    .then(hmacKey);
  salts.set(day, made);
  return made;
}

const hmacKey = (bytes: BufferSource) =>
  crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
