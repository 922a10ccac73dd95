// Owns who is told what became of a click: this page's callbacks, of this page's clicks and of what workers send.
import type { Outcome, OutcomeName } from "../delivery/row";
import { attempt, complain } from "../report";

export interface Outcomes {
  on(name: OutcomeName, callback: (outcome: Outcome) => void): () => void;
  /** Tells this page's callbacks; one that throws harms nobody else. */
  tell(outcome: Outcome): void;
  /** Hears the workers from now on, if anybody here wants to. */
  listen(): void;
  /** An open channel can cost a page its back/forward cache: close it when the page leaves. */
  close(): void;
}

export function createOutcomes(scope: string, always: (outcome: Outcome) => void): Outcomes {
  const listeners = new Set<(outcome: Outcome) => void>();
  let channel: BroadcastChannel | undefined;

  function tell(outcome: Outcome): void {
    always(outcome);
    for (const listener of listeners) attempt(() => listener(outcome), complain);
  }

  function listen(): void {
    if (!listeners.size) return;
    channel ??= new BroadcastChannel(scope);
    channel.onmessage = ({ data }) => tell(data);
  }

  return {
    tell,
    listen,
    on(name, callback) {
      const listener = (outcome: Outcome) => outcome.name === name && callback(outcome);
      listeners.add(listener);
      listen();
      return () => listeners.delete(listener);
    },
    close() {
      channel?.close();
      channel = undefined;
    },
  };
}
