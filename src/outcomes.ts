// Owns who is told what became of a click: this page's callbacks, and the other pages and workers of the scope.
import type { Outcome, OutcomeName } from "./entry";

export interface Outcomes {
  on(name: OutcomeName, callback: (outcome: Outcome) => void): () => void;
  /** Tells this page's callbacks; one that throws harms nobody else. */
  tell(outcome: Outcome): void;
  /** Tells the other pages as well. */
  publish(outcome: Outcome): void;
  /** Hears the others from now on, if anybody here wants to. */
  listen(): void;
  /** An open channel can cost a page its back/forward cache: close it when the page leaves. */
  close(): void;
}

export function createOutcomes(scope: string, always: (outcome: Outcome) => void): Outcomes {
  // Its callbacks are the browser's to report when they throw.
  const target = new EventTarget();
  let channel: BroadcastChannel | undefined;

  function tell(outcome: Outcome): void {
    always(outcome);
    target.dispatchEvent(new CustomEvent(outcome.name, { detail: outcome }));
  }

  let wanted = false;

  function open(): BroadcastChannel {
    channel ??= new BroadcastChannel(scope);
    channel.onmessage = ({ data }) => tell(data);
    return channel;
  }

  return {
    tell,
    on(name, callback) {
      const listener = (event: Event) => callback((event as CustomEvent<Outcome>).detail);
      target.addEventListener(name, listener);
      wanted = true;
      open();
      return () => target.removeEventListener(name, listener);
    },
    publish(outcome) {
      tell(outcome);
      open().postMessage(outcome);
    },
    listen: () => wanted && open(),
    close() {
      channel?.close();
      channel = undefined;
    },
  };
}
