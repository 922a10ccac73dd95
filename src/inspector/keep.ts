// Owns what outlives the page while the inspector is open: its clicks and how it stands, in this tab's session storage alone.
import { attempt } from "../report";
import type { Seen, Try } from "./seen";
import { NOT_COUNTED, STATE_LABELS } from "./words";

const TABS = ["clicks", "results", "queue", "setup"] as const;
export type TabName = (typeof TABS)[number];
export type Side = "left" | "right";

/** Where the person has put the panel: on a side, or dragged to a place in CSS pixels. */
export interface Spot {
  readonly side: Side;
  readonly at?: { readonly left: number; readonly top: number } | undefined;
}

export interface Kept {
  readonly seen: readonly Seen[];
  readonly tab: TabName;
  readonly collapsed: boolean;
  /** Absent as long as the person has not moved the panel: then each page decides. */
  readonly spot?: Spot | undefined;
}

/** Its presence means that the inspector was open: a page that allows it opens it again. */
export const KEY = "clicktrail inspector";

const isText = (value: unknown) => typeof value === "string";
const isNumber = (value: unknown) => Number.isFinite(value);
/** Absent, or as `test` wants it. */
const may = (value: unknown, test: (value: unknown) => boolean) => value === undefined || test(value);
const isOneOf = (names: object) => (value: unknown) => isText(value) && Object.hasOwn(names, value as string);
const isObject = (value: unknown) => typeof value === "object" && value !== null;

function isTry({ at, attempt: number, name, status, message }: Try): boolean {
  return (
    isNumber(at) &&
    isNumber(number) &&
    isOneOf(STATE_LABELS)(name) &&
    may(status, isNumber) &&
    may(message, isText)
  );
}

function isSeen(one: Seen): boolean {
  const { payload } = one;
  return (
    [one.id, one.what, one.page].every(isText) &&
    [one.at, one.attempt].every(isNumber) &&
    isOneOf(STATE_LABELS)(one.state) &&
    [one.status, one.due].every((value) => may(value, isNumber)) &&
    may(one.position, isNumber) &&
    [one.message, one.reason, one.chunkId].every((value) => may(value, isText)) &&
    may(one.rule, isOneOf(NOT_COUNTED)) &&
    may(payload, () => isObject(payload) && isObject(payload?.metadata)) &&
    one.tries.every(isTry)
  );
}

function isSpot({ side, at }: Spot): boolean {
  return /^(left|right)$/.test(side) && may(at, () => isNumber(at?.left) && isNumber(at?.top));
}

/** What is kept, as far as it can be: any script of the origin may have written there. */
export function read(): Kept | undefined {
  const kept = attempt(() => JSON.parse(sessionStorage[KEY]) as Kept);
  if (!isObject(kept)) return;
  const { seen, tab, collapsed, spot } = kept as Kept;
  return {
    seen: Array.isArray(seen) ? seen.filter((one) => attempt(() => isSeen(one))) : [],
    tab: TABS.includes(tab) ? tab : "clicks",
    collapsed: collapsed === true,
    spot: attempt(() => isSpot(spot as Spot)) ? spot : undefined,
  };
}

export function keep(kept: Kept): void {
  attempt(() => {
    sessionStorage[KEY] = JSON.stringify(kept);
  });
}

export function forget(): void {
  attempt(() => sessionStorage.removeItem(KEY));
}
