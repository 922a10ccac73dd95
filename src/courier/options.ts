// Owns what the developer is told about options that don't do what they seem to: once the courier is there. Changes nothing.
import type { Options } from "../config";
import { mistake } from "../report";

/** What a request header can carry; a masked or badly pasted key has more. */
const HEADER = "characters of a header";
const ADDRESS = "a full URL or a path";
const INTEGER = "an integer";
const TEXT = "text";
const SWITCH = "";

/** All options with what each may be; several words are separated by a bar. */
const KINDS: { readonly [option in keyof Options]-?: string } = {
  dataset: HEADER,
  apiKey: HEADER,
  endpoint: ADDRESS,
  organization: HEADER,
  type: "search|rag|recommendation",
  firstPosition: INTEGER,
  userId: TEXT,
  consent: "required",
  respectGpc: SWITCH,
  inDoubt: "trust|resend",
  api: "ctr|events",
  idempotent: SWITCH,
  courier: ADDRESS,
  debug: SWITCH,
  dryRun: SWITCH,
  ignoreAutomation: SWITCH,
  beforeSend: "function",
};

const PATTERNS: Readonly<Record<string, RegExp>> = {
  [HEADER]: /^[ -~]*$/,
  [ADDRESS]: /^(https?:|\/)/,
  [INTEGER]: /^-?\d+$/,
  // An object that was pasted for a text.
  [TEXT]: /^(?!\[object)/,
  [SWITCH]: /^/,
  function: /^/,
};

/** `data-api-key` where the option was written on a script tag. */
function written(option: string, isTag: boolean): string {
  return isTag ? `data-${option.replace(/[A-Z]/g, "-$&").toLowerCase()}` : option;
}

/** A sentence for each option that is misspelt, or has a value that it can't have. */
export function optionMistakes(options: Readonly<Record<string, unknown>>, isTag: boolean): string[] {
  const sentences: string[] = [];
  for (const [option, value] of Object.entries(options)) {
    const kind = KINDS[option as keyof Options];
    const text = `${value ?? ""}`.trim();
    const tell = (expected: string) => sentences.push(mistake(written(option, isTag), expected, value));
    // Other tools write attributes of their own on a script tag.
    const meant = Object.keys(KINDS).find((name) => name.toLowerCase() === option.toLowerCase());
    if (kind === undefined) {
      if (meant) tell(`written ${written(meant, isTag)}`);
    } else if (/^[A-Z_]+_(UUID|KEY|ID)$/.test(text)) tell("your own, not the placeholder");
    else if (text && !(PATTERNS[kind] ?? RegExp(`^(${kind})$`)).test(text)) tell(kind.replace(/\|/g, " or "));
  }
  return sentences;
}
