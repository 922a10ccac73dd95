// Owns who is told what became of a click: this page's callbacks, and the other pages and workers of the scope.
import type { Outcome, OutcomeName } from "./entry";

export interface Outcomes {
  on(name: OutcomeName, callback: (outcome: Outcome) => void): () => void;
  /** Tells this page's callbacks; one that throws harms nobody else. */
  tell(outcome: Outcome): void;
  /** Tells the other pages as well. */
  publish(outcome: Outcome): void;
  /** Hears the others from now on. */
  listen(): void;
  /** An open channel can cost a page its back/forward cache: close it when the page leaves. */
  close(): void;
}

export function createOutcomes(scope: string, always: (outcome: Outcome) => void): Outcomes {
  const callbacks = new Set<readonly [OutcomeName, (outcome: Outcome) => void]>();
  let channel: BroadcastChannel | undefined;

  function tell(outcome: Outcome): void {
    always(outcome);
    for (const [name, callback] of callbacks) {
      if (name !== outcome.name) continue;
      try {
        callback(outcome);
      } catch (error) {
        console.error(error);
      }
    }
  }

  function listen(): void {
    channel ??= new BroadcastChannel(scope);
    channel.onmessage = ({ data }: MessageEvent<Outcome>) => tell(data);
  }

  return {
    tell,
    listen,
    on(name, callback) {
      const added = [name, callback] as const;
      callbacks.add(added);
      listen();
      return () => callbacks.delete(added);
    },
    publish(outcome) {
      tell(outcome);
      listen();
      channel?.postMessage(outcome);
    },
    close() {
      channel?.close();
      channel = undefined;
    },
  };
}
