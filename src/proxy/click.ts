// Owns which bodies are clicks, and what ids they have. It looks at nothing else: the API checks the rest.
import { UUID } from "../options";
import { attempt } from "../report";

export interface Click {
  /** The body. */
  readonly text: string;
  /** Absent where another program than clicktrail has made it. */
  readonly id: string | undefined;
}

/** The click, or why the body is none. Where the header and the body name different clicks, the header counts. */
export function readClick(bytes: Uint8Array, headerId: string | undefined): Click | string {
  const text = attempt(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes)) ?? "";
  const body = field(
    attempt(() => ({ body: JSON.parse(text) as unknown })),
    "body",
  );
  // The successor route has it one level deeper.
  const requestIds = [field(body, "request_id"), field(field(body, "request"), "request_id")];
  if (!requestIds.some(isUuid)) return "The body must be a JSON object with the UUID of its request";
  if (headerId) return { text, id: headerId };
  const id = field(field(field(body, "metadata"), "clicktrail"), "id");
  if (id === undefined) return { text, id };
  return isUuid(id) ? { text, id: id.toLowerCase() } : "metadata.clicktrail.id must be a UUID";
}

export const isUuid = (given: unknown): given is string => typeof given === "string" && UUID.test(given);

/** The value of an object's own field. */
function field(object: unknown, name: string): unknown {
  return Object.getOwnPropertyDescriptor(Object(object), name)?.value;
}
