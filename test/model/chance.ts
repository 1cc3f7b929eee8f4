/** Chance that repeats itself: the same seed tells the same story (mulberry32, by Tommy Ettinger, public domain). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds are spread, so that their first draws differ.
    this.#state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  }

  /** From 0 up to but not including 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to but not including `most`. */
  below(most: number): number {
    return Math.floor(this.next() * most);
  }

  of<One>(choices: readonly One[]): One {
    return choices[this.below(choices.length)]!;
  }

  /** True one time in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** One of them, each as likely as its weight says. */
  weighted<One>(choices: readonly (readonly [weight: number, one: One])[]): One {
    let rest = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, one] of choices) {
      rest -= weight;
      if (rest < 0) return one;
    }
    return choices[0]![1];
  }

  some<One>(from: readonly One[], most: number): One[] {
    return Array.from({ length: 1 + this.below(most) }, () => this.of(from));
  }
}
