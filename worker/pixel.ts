/** The smallest transparent GIF that every browser accepts: 43 bytes. A PNG of one pixel takes 67. */
const GIF = Uint8Array.from(atob('R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=='), (char) =>
  char.charCodeAt(0),
);

/** Any shop's page may embed the pixel, also one that isolates itself (Cross-Origin-Embedder-Policy). */
export const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** The one answer to every hit, whatever became of it, so that nobody can probe for codes. */
export function gif(): Response {
  return new Response(GIF, {
    headers: {
      ...CORS,
      'Content-Type': 'image/gif',
      'Content-Length': String(GIF.length),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    },
  });
}

/** Neither D1 nor the spool took the report: the sender must not believe that it is kept. */
export function noReceipt(error: unknown): Response {
  console.error('a report was lost, for neither D1 nor the spool took it:', error);
  return new Response(null, { status: 503, headers: { ...CORS, 'Cache-Control': 'no-store', 'Retry-After': '30' } });
}
