/** KV as it may be in another part of the world: what it tells, misses too, is as old as `ageMs` by the test's clock. */
export class StaleKv {
  now = 0;
  ageMs = 0;
  /** How often anything was written. */
  writes = 0;
  #past: { at: number; key: string; value: string | null }[] = [];

  get kv(): KVNamespace {
    return {
      get: async (key: string) => {
        const seen = this.#past.findLast((write) => write.key === key && write.at <= this.now - this.ageMs);
        return seen?.value == null ? null : JSON.parse(seen.value);
      },
      put: async (key: string, value: string) => {
        this.writes++;
        this.#past.push({ at: this.now, key, value });
      },
      // biome-ignore lint/suspicious/noExplicitAny: the two methods the house uses stand for the rest.
    } as any;
  }

  /** All copies are lost. */
  empty() {
    this.#past = [];
  }
}
