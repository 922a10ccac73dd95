// Owns what the developer should know of an outcome that isn't an acknowledgement: which sentence, and the facts in it.
import type { Route } from "../options";
import type { Explanation } from "../report";
import type { Outcome } from "./ledger";

/** The same for each click of the same trouble; `undefined` where all is well. */
export function troubleOf(
  { name, status, message, attempt, reason, isUnread }: Outcome,
  { endpoint, headers }: Route,
): Explanation | undefined {
  if (status === undefined || name === "delivered") return;
  if (reason === "config") {
    const [, api = "ctr"] = /(ctr|events)$/.exec(endpoint) ?? [];
    return ["refused", status, endpoint, headers["TR-Dataset"], api, message, !!headers.Authorization];
  }
  if (reason === "refused") return ["dropped", status, message];
  if (reason) return;
  if (/^an? /.test(`${message}`)) return ["not-trieve", endpoint, message];
  if (!status && attempt > 1) return ["unreachable", endpoint, !!isUnread];
}
