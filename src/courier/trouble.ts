// Owns what the developer is told about an outcome that isn't an acknowledgement: what is wrong, and what becomes of the clicks.
import type { Outcome } from "./ledger";

const KEPT = "Clicks are kept and sent once that is right.";
const CAUSES: { readonly [status: number]: string } = {
  401: "The server rejected the API key",
  403: "The API key isn't allowed to report clicks",
  404: "The server doesn't know the dataset, or nothing is at the endpoint",
};

/** One sentence or two, the same for each click of the same trouble; `undefined` where all is well. */
export function troubleOf(
  { name, status, message, attempt, reason }: Outcome,
  endpoint: string,
): string | undefined {
  if (status === undefined || name === "delivered") return;
  const said = message && `: ${message}`;
  if (reason === "config")
    return `${CAUSES[status] ?? "The server refused the request"} (${status}${said}). ${KEPT}`;
  if (reason) return `The server refused a click (${status}${said}). It is dropped.`;
  if (/^an? /.test(`${message}`)) return `${endpoint} responded with ${message}, not as Trieve does. ${KEPT}`;
  if (!status && attempt > 1)
    return `${endpoint} can't be reached, or responds without CORS headers. Clicks are kept and may be sent several times.`;
}
