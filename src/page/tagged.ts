// Owns which elements of a path carry a result's tags. Reads no other field of them.
import { CHUNK_ID, TRACKING_ID, UNTRUSTED } from "../attributes";
import { attribute, pathOf, type Step, value } from "./step";

/** The chunk that an element shows; undefined where it isn't tagged. */
export function chunkOf(step: Step): string | undefined {
  return value(step, CHUNK_ID) ?? value(step, TRACKING_ID);
}

/** Whether tags below this element are the content's own and none of ours. */
export const isUntrusted = (step: Step) => attribute(step, UNTRUSTED) !== null;

/** The part of a path whose tags are read. */
export function trustedPart(path: readonly Step[]): readonly Step[] {
  return path.slice(Math.max(0, path.map(isUntrusted).lastIndexOf(true)));
}

/** The nearest tagged element of a path, and all above it; empty where nothing is tagged. */
export function taggedPart(path: readonly Step[]): readonly Step[] {
  const trusted = trustedPart(path);
  const at = trusted.findIndex(chunkOf);
  return at < 0 ? [] : trusted.slice(at);
}

/** The tagged part of the path of a click on this element. */
export const pathTo = (element: Element) => taggedPart(pathOf(element));
