import type { Context } from 'hono';
import type { TrackerEnv } from './env.ts';

/** Says whether D1 and KV answer: 200 if both do, else 503. Anyone may call it. */
export async function health(c: Context<{ Bindings: TrackerEnv }>): Promise<Response> {
  const [d1, kv] = await Promise.allSettled([c.env.DB.prepare('SELECT 1').first(), c.env.COUPONS.get('health')]);
  for (const asked of [d1, kv]) if (asked.status === 'rejected') console.error('health:', asked.reason);
  const answers = { d1: d1.status === 'fulfilled', kv: kv.status === 'fulfilled' };
  return c.json(answers, answers.d1 && answers.kv ? 200 : 503, { 'Cache-Control': 'no-store' });
}
