// Owns the look at options that don't do what they seem to. Changes nothing.
import { type Options, SWITCHES, UUID } from "../options";
import type { Explanation } from "../report";

/** What an option may be, in words, and how that begins where it isn't one of several words. */
const CHOICES: { readonly [option: string]: readonly [choices: string, pattern?: string] } = {
  type: ["search|rag|recommendation"],
  consent: ["required"],
  inDoubt: ["trust|resend"],
  api: ["ctr|events"],
  firstPosition: ["a whole number", "-?\\d+$"],
  // Anything else is looked for beside each page.
  courier: ["a full URL|a path that begins with /", "(https?:/)?/"],
  userId: ["a text", "(?!\\[object )"],
};
const NAMES =
  "dataset apiKey endpoint organization type firstPosition userId consent inDoubt api courier beforeSend";
const PLACEHOLDER = /^[A-Z_]+_(UUID|KEY|ID)$/;
/** What a request header can carry; a masked or badly pasted key has more. */
const HEADER = /^[ -~]*$/;
const TRIEVE = /^(https:\/\/api\.trieve\.ai\/|$)/;

/** Which sentences are to be said about these options; `isTag`: they were written on a script tag. */
export function optionMistakes(options: Partial<Options>, isTag: boolean): Explanation[] {
  const found: Explanation[] = [];
  const written = (option: string) =>
    isTag ? `data-${option.replace(/[A-Z]/g, "-$&").toLowerCase()}` : option;
  const text = (option: keyof Options) => `${options[option] ?? ""}`.trim();
  for (const name of Object.keys(options)) {
    // Other tools write attributes of their own on a script tag.
    const meant = NAMES.split(" ").find(
      (known) => known !== name && known.toLowerCase() === name.toLowerCase(),
    );
    if (meant && !SWITCHES.test(name)) found.push(["option-name", written(name), meant]);
  }
  for (const [name, [choices, pattern = `(${choices})$`]] of Object.entries(CHOICES)) {
    const given = text(name as keyof Options);
    if (given && !RegExp(`^${pattern}`).test(given)) found.push(["choice", written(name), given, choices]);
  }
  const [dataset, key, endpoint] = [text("dataset"), text("apiKey"), text("endpoint")];
  if (!UUID.test(dataset) && (!text("organization") || PLACEHOLDER.test(dataset)))
    found.push(["dataset", written("dataset"), dataset]);
  if (key ? !HEADER.test(key) || /^bearer\b/i.test(key) || PLACEHOLDER.test(key) : TRIEVE.test(endpoint))
    found.push(["api-key", written("apiKey"), key]);
  const { api = "ctr" } = options;
  const [, route = api] = /\/api\/analytics\/(ctr|events)$/.exec(endpoint) ?? [];
  if (/^https?:\/\/[^/]+$|[/?#]$/i.test(endpoint) || route !== api)
    found.push(["endpoint", written("endpoint"), endpoint, api]);
  return found;
}
