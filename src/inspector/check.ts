// Owns the endpoint check: one real request with a body that can never be a click, and what its response means. Runs only when asked.
import type { Route } from "../options";

export interface Verdict {
  readonly good: boolean;
  readonly title: string;
  readonly text: string;
  readonly status?: number;
}

/**
 * A first-party endpoint passes only bodies with a request's id on. All other required fields are missing, so no server can count it as a
 * click: Trieve checks the key first and then refuses this.
 */
const INCOMPLETE = '{"request_id":"00000000-0000-0000-0000-000000000000"}';
const TIMEOUT_MS = 10_000;

export async function checkEndpoint({ endpoint, headers, idempotent }: Route): Promise<Verdict> {
  try {
    const response = await ask(endpoint, { method: "PUT", headers, body: INCOMPLETE });
    const { message } = (await response.json().catch(() => ({}))) as { message?: string };
    const verdict = judge(response.status, message ?? "");
    return verdict.good && idempotent ? await checkMemory(endpoint, headers) : verdict;
  } catch (error) {
    return unanswered(endpoint, error);
  }
}

/** Two requests with one id and no body: an endpoint that takes each click once says so of the second (docs/first-party.md). */
async function checkMemory(endpoint: string, headers: Route["headers"]): Promise<Verdict> {
  const init = { method: "POST", headers: { ...headers, "Idempotency-Key": crypto.randomUUID() } };
  const askAgain = () => ask(endpoint, init).catch(() => undefined);
  const first = await askAgain();
  const second = await askAgain();
  const status = second?.status ?? 0;
  if (first?.ok && second?.headers.get("Idempotent-Replayed") === "true")
    return {
      good: true,
      title: "The endpoint takes each click once",
      text: "The preflight passed where one was needed, and the server refused an incomplete body, as it should. Of two requests with the same id it recognized the second. Nothing was recorded.",
      status,
    };
  return {
    good: false,
    title: second?.ok ? "The endpoint doesn't remember clicks" : "The endpoint doesn't accept POST",
    text: "The option idempotent is set, but of two requests with the same id this endpoint didn't recognize the second. Remove the option, or set the endpoint up as docs/first-party.md describes.",
    status,
  };
}

function ask(endpoint: string, init: RequestInit): Promise<Response> {
  const signal = AbortSignal.timeout?.(TIMEOUT_MS) ?? null;
  return fetch(endpoint, {
    ...init,
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
    signal,
  });
}

function judge(status: number, message: string): Verdict {
  const said = message ? ` The server's message: “${message}”.` : "";
  const bad = (title: string, text: string): Verdict => ({ good: false, title, text: text + said, status });
  if (status === 400 && /header|organization|dataset/i.test(message))
    return bad("The headers are refused", "Check dataset and organization.");
  if (status === 400 || status === 422)
    return {
      good: true,
      title: "The endpoint accepts clicks from this page",
      text: `The preflight passed and the key was accepted. The server then refused the incomplete body with ${status}, as it should.${said} Nothing was recorded.`,
      status,
    };
  if (status === 401)
    return bad("The key is not accepted", "It is missing, unknown, or belongs to another dataset.");
  if (status === 403)
    return bad("The key is not allowed to do this", "Its scopes must include PUT /api/analytics/ctr.");
  if (status === 404) return bad("There is no such route or dataset", "Check endpoint and dataset.");
  if (status < 300)
    return bad(
      "Something else responds for the server",
      "An incomplete body was accepted, so this says nothing about the key.",
    );
  return bad("The server has a problem", "The preflight passed. Whether the key is accepted isn't known.");
}

/** A script can't see why a preflight failed: a plain request shows whether there is a server at all. */
async function unanswered(endpoint: string, error: unknown): Promise<Verdict> {
  if (error instanceof DOMException && error.name === "TimeoutError")
    return {
      good: false,
      title: "No response in time",
      text: `There was no response within ${TIMEOUT_MS / 1000} s.`,
    };
  const isThere = await ask(endpoint, { method: "HEAD", mode: "no-cors" }).then(
    () => true,
    () => false,
  );
  return isThere
    ? {
        good: false,
        title: "The preflight failed",
        text: "The server can be reached, but its responses lack the CORS headers that allow this page's PUT.",
      }
    : {
        good: false,
        title: "The endpoint can't be reached",
        text: "The address is wrong, the server is down, the browser is offline, or a content blocker or the page's own policy forbids it.",
      };
}
