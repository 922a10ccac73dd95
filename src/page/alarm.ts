// Owns one timer: the earliest time at which a flush has something to do.
import { MAX_WAIT_MS } from "../delivery/row";

export interface Alarm {
  /** Rings at `at` (epoch ms; 0: never), or earlier where an earlier time is set already. */
  set(at: number): void;
  clear(): void;
}

export function createAlarm(ring: () => void): Alarm {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let next = 0;

  function clear(): void {
    clearTimeout(timer);
    next = 0;
  }

  return {
    clear,
    set(at) {
      if (!at || (next && next <= at)) return;
      clearTimeout(timer);
      next = at;
      timer = setTimeout(
        () => {
          next = 0;
          ring();
        },
        Math.min(at - Date.now(), MAX_WAIT_MS),
      );
    },
  };
}
