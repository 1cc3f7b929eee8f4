/** Crawlers and link previewers that say so. They fetch pages, but none of them buys anything. */
const BOTS =
  /bot\b|crawl|spider|slurp|facebookexternalhit|whatsapp|telegram|skypeuripreview|preview|curl\/|wget\/|python-requests|monitor|uptime|lighthouse|pingdom/i;

/**
 * Why a request is not a customer looking at a thank-you page, or null.
 * `Sec-Purpose` is the fetch standard's header for speculative loads; the others are older browsers' words for it.
 */
export function doubtAbout(request: Request): string | null {
  if (request.method === 'HEAD') return 'asked with HEAD';
  const purpose = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].map((name) => request.headers.get(name)).join(' ');
  if (/prefetch|prerender|preview/i.test(purpose)) return 'loaded ahead of time by a browser';
  const bot = BOTS.exec(request.headers.get('user-agent') ?? '');
  return bot ? `sent by a bot (${bot[0]})` : null;
}
