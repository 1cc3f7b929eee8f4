import type { D1Migration } from '@cloudflare/vitest-plugin';
import type { TrackerEnv } from '../worker/env.ts';

declare global {
  namespace Cloudflare {
    interface Env extends TrackerEnv {
      MIGRATIONS: D1Migration[];
    }
  }
}
