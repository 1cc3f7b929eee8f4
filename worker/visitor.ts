import { SAME_VISITOR_MS } from '../ledger/facts.ts';

const encoder = new TextEncoder();

/** Where a request comes from. Only ever hashed or counted, never kept. */
export function addressOf(request: Request): string {
  return request.headers.get('cf-connecting-ip') ?? 'unknown';
}

/**
 * Hashes by which a reload of the same thank-you page is known, where the shop sends no order id.
 * The salt changes with the UTC day, so that nobody can be followed from one day to the next; in the first half hour
 * of a day yesterday's hash is given too.
 * @returns 32 hex digits each, today's first.
 */
export async function visitorKeys(secret: string, request: Request, sale: string, now: number): Promise<string[]> {
  const visitor = [addressOf(request), request.headers.get('user-agent') ?? '', sale].join('\n');
  const days = new Set([dayOf(now), dayOf(now - SAME_VISITOR_MS)]);
  return Promise.all(
    [...days].map(async (day) => {
      const salt = await hmac(encoder.encode(secret), day);
      const hash = new Uint8Array(await hmac(salt, visitor));
      return Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
    }),
  );
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

async function hmac(key: BufferSource, text: string): Promise<ArrayBuffer> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return crypto.subtle.sign('HMAC', imported, encoder.encode(text));
}
