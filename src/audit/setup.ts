// Owns the rules about how the page is set up: the script, the endpoint, the key, the policy. Looks at no result.
import type { Tracker } from "../page/api";
import type { Policy } from "./policy";
import type { Found, RuleName } from "./rules";

/** The tracker that runs on this page, whichever copy of the script made it. */
export function runningTracker(): Tracker | undefined {
  // The script tag's starts when the global is read, if it has not yet. The minifier would leave out a plain read.
  Reflect.get(globalThis, "clicktrail");
  return (globalThis as { [key: symbol]: Tracker | undefined })[Symbol.for("clicktrail")];
}

/** The copies of the script that the page has loaded; a tag manager may have removed their tags. */
function scripts(): string[] {
  const tags = [...document.querySelectorAll<HTMLScriptElement>("script[data-dataset][src]")];
  const loaded = performance
    .getEntriesByType("resource")
    .map(({ name }) => name)
    .filter((name) => /\/clicktrail(\.min)?\.js(\?|$)/.test(name));
  const elsewhere = new Set(loaded.filter((url) => !tags.some(({ src }) => src === url)));
  return [...tags.map(({ src }) => src), ...elsewhere];
}

/** Where the courier's file is; undefined for a bundle's, whose name only the bundler knows. */
export function courierAddress({ options }: Tracker): string | undefined {
  const [script] = scripts();
  if (options.courier) return new URL(options.courier, document.baseURI).href;
  return script && new URL("clicktrail.courier.js", script).href;
}

const isTrieve = (host: string) => /(^|\.)trieve\.ai$/.test(host);
/** Browsers take these for secure. */
const isLocal = (host: string) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$|\.localhost$/.test(host);

/** What is wrong with the set-up. */
export function checkSetup(tracker: Tracker | undefined, policy: Partial<Policy> | undefined): Found[] {
  const found: Found[] = [];
  const rule = (name: RuleName, broken: unknown, seen = "") => broken && found.push({ rule: name, seen });
  const copies = scripts();
  rule("two-scripts", copies.length > 1, copies.join(", "));
  if (!tracker) return [{ rule: "no-tracker", seen: "" }, ...found];
  const { endpoint, headers, dryRun } = tracker.route;
  const { protocol, hostname } = new URL(endpoint);
  const insecure = location.protocol === "https:" && protocol === "http:" && !isLocal(hostname);
  rule("endpoint-insecure", insecure, endpoint);
  rule("key-missing", !headers.Authorization && isTrieve(hostname), endpoint);
  rule("csp-endpoint", policy?.endpoint, new URL(endpoint).origin);
  rule("csp-worker", policy?.worker);
  rule("dry-run", dryRun);
  return found;
}
