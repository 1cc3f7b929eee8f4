/** The street door: answers pixel hits, and takes back what waited in the spool. */
import { Hono } from 'hono';
import { type Message, reportOf } from '../ledger/report.ts';
import { doubtAbout } from './doubt.ts';
import type { Spooled, TrackerEnv } from './env.ts';
import { health } from './health.ts';
import { CORS, gif, noReceipt } from './pixel.ts';
import { readTag } from './read-tag.ts';
import { receive, receiveSpooled } from './receive.ts';
import { TAGS } from './tags.ts';
import { addressOf, browsersOf } from './visitor.ts';

const app = new Hono<{ Bindings: TrackerEnv }>();

for (const tag of TAGS) {
  // Anyone may call it, and learns nothing: whatever happens, the answer is the same GIF.
  app.get(tag.path, async (c) => {
    const message = readTag(tag, new URL(c.req.url).searchParams, Date.now());
    if (!message) return gif();
    const later = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
    // The work goes on when the browser hangs up, but the GIF is a receipt and waits for it.
    const receipt = takeIn(c.env, c.req.raw, message, later).then(gif, noReceipt);
    later(receipt);
    return receipt;
  });
  app.options(tag.path, (c) => c.body(null, 204, CORS));
  app.all(tag.path, (c) => c.text('Ask with GET.\n', 405, { Allow: 'GET, HEAD, OPTIONS' }));
}

app.get('/health', health);

async function takeIn(env: TrackerEnv, request: Request, message: Message, later: (work: Promise<unknown>) => void) {
  const report = reportOf({
    ...message,
    doubt: doubtAbout(request),
    browsers: await browsersOf(env.VISITOR_SECRET, request, message.receivedAt),
  });
  await receive(env, report, addressOf(request), later);
}

export default {
  fetch: app.fetch,
  async queue(batch, env) {
    await receiveSpooled(env, batch.messages);
  },
} satisfies ExportedHandler<TrackerEnv, Spooled>;
