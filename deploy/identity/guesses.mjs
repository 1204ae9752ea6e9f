// How often a wrong password is borne: a pause after each, a lock after five.
import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MILLISECONDS = 300;
const LOCK_MILLISECONDS = 60_000;
const MOST_FAILURES = 5;

/** Counts per account; all unknown names share one count, so that a guesser cannot fill the memory. */
export class Guesses {
  #failures = new Map();

  #known;

  constructor(known) {
    this.#known = known;
  }

  #bucket(name) {
    return this.#known(name) ? name : '';
  }

  locked(name) {
    const { count = 0, last = 0 } = this.#failures.get(this.#bucket(name)) ?? {};
    return count >= MOST_FAILURES && Date.now() - last < LOCK_MILLISECONDS;
  }

  async failed(name) {
    const bucket = this.#bucket(name);
    const { count = 0, last = 0 } = this.#failures.get(bucket) ?? {};
    const recent = Date.now() - last < LOCK_MILLISECONDS ? count : 0;
    this.#failures.set(bucket, { count: recent + 1, last: Date.now() });
    await pause(PAUSE_MILLISECONDS);
  }

  succeeded(name) {
    this.#failures.delete(this.#bucket(name));
  }
}

export const LOCK_SECONDS = LOCK_MILLISECONDS / 1000;
