/** Writes the demo from inside workerd: from Node each of its two thousand statements would take 2 ms to be bound. */
import { seedDemo } from './demo.ts';

export default {
  /** @param request its body is the time at which the demo is made, in epoch milliseconds. */
  async fetch(request: Request, env: { DB: D1Database }): Promise<Response> {
    try {
      await seedDemo(env.DB, Number(await request.text()));
      return new Response();
    } catch (error) {
      return new Response(error instanceof Error ? error.stack : String(error), { status: 500 });
    }
  },
};
