// Owns reading a body as far as it is wanted: no more than a number of bytes, and for no longer than a time.
import { within } from "./within";

export interface Beginning {
  readonly bytes: Uint8Array;
  /** Why there are no more bytes. */
  readonly end: "whole" | "too large" | "broken off";
}

export type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Reads up to the end, more than `maxBytes`, or `maxMs`. Never rejects: a body that breaks off has the bytes that came before. */
export async function readBeginning(
  reader: Reader | undefined,
  { maxBytes, maxMs }: { readonly maxBytes: number; readonly maxMs: number },
): Promise<Beginning> {
  const parts: Uint8Array[] = [];
  const deadline = Date.now() + maxMs;
  let length = 0;
  const ended = (end: Beginning["end"]): Beginning => ({
    bytes: joined(parts, length).subarray(0, maxBytes),
    end,
  });
  try {
    while (reader && length <= maxBytes) {
      const { value, done } = await within(deadline - Date.now(), reader.read());
      if (done) return ended("whole");
      // A stream that a program has made may give anything.
      if (!ArrayBuffer.isView(value)) return ended("broken off");
      parts.push(value);
      length += value.byteLength;
    }
  } catch {
    return ended("broken off");
  }
  return ended(reader ? "too large" : "whole");
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
