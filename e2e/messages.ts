// Owns how our servers read a request: its headers as texts, its body as JSON where it is some.
import type { IncomingMessage } from "node:http";
import type { Json } from "./matches.ts";

export function headersOf(request: IncomingMessage): Record<string, string | undefined> {
  const entries = Object.entries(request.headers);
  return Object.fromEntries(entries.map(([name, value]) => [name, value?.toString()]));
}

/** The text itself where it isn't JSON. */
export function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
