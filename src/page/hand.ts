// Owns what the page does with a click: writes it and hands it over to its courier, wherever that runs, and begins the request itself
// where no worker is there.
import { closeDatabase, openDatabase, transaction } from "../courier/database";
import { LEDGER, type Outcome } from "../courier/ledger";
import { type Entry, SPARE_MS, TIMEOUT_MS } from "../courier/row";
import { type Flights, fits, send } from "../courier/send";
import type { ToCourier, ToPage } from "../courier/worker";
import { plain, toJson } from "../json";
import { FORMAT, type Options, type Route } from "../options";
import { attempt, explain, tell } from "../report";
import { createDisk, type Disk, keep, kept, leaveDisk, settle, write } from "./disk";
import { type CourierFile, type CourierName, READY_MS, type Say, WAYS } from "./reach";

interface Search {
  /** Settles when a courier is ready, or none can be had. */
  result?: Promise<void>;
  /** Ends the wait for the courier that was greeted last. */
  end?: () => void;
  /** There is something for a courier to do, or a person is on a result. */
  isNeeded?: boolean;
  /** Ends the wait for that: the page's own courier isn't loaded before. */
  need?: () => void;
  /** No courier could be had. */
  isVain?: boolean;
  /** The ways to all that were greeted, whether or not they are ready. */
  readonly greeted: Say[];
}

export interface Hand {
  readonly route: Route;
  readonly file: CourierFile;
  readonly options: Options;
  /** The options were written on a script tag. */
  readonly isTag: boolean;
  readonly disk: Disk;
  /** What a courier must know of this page; a service worker forgets it. */
  readonly greeting: () => ToCourier;
  readonly tell: (outcome: Outcome) => void;
  /** Whether clicks may be kept and sent now. */
  readonly isOn: () => boolean;
  /** The search for a courier; undefined before the first, and once the page has gone. */
  search?: Search | undefined;
  /** Messages go here; undefined while no courier is ready. */
  link?: Say | undefined;
  /** Which courier a click would get now. */
  place: CourierName;
  /** Epoch ms: until then clicks are written as waiting. */
  hold: number;
  /** This page's own requests by their clicks. */
  readonly flights: Flights;
  /** What the courier has been asked, by number. */
  readonly questions: Map<number, (reply: ToPage) => void>;
  timer?: ReturnType<typeof setTimeout> | undefined;
  /** Epoch ms at which `timer` ends. */
  next: number;
  /** A page that its click closes gets no pagehide (Chromium 156, where nothing else is in its process). */
  readonly closed: () => void;
}

/** A courier that doesn't reply for this long was ended by the browser. */
const REPLY_MS = 5_000;
const NO_COURIER =
  "clicktrail.courier.js can't be loaded: copy it beside clicktrail.js, or name it in the option courier";

let questions = 0;

export function createHand(
  parts: Pick<Hand, "route" | "file" | "options" | "isTag" | "greeting" | "tell" | "isOn">,
): Hand {
  const hand: Hand = {
    ...parts,
    disk: createDisk(
      parts.route.scope,
      () => (hand.search && !hand.search.need) || whenLeft(hand, () => start(hand)),
    ),
    place: "page",
    hold: 0,
    flights: new Map(),
    questions: new Map(),
    next: Number.POSITIVE_INFINITY,
    closed: () => globalThis.closed === true && leave(hand),
  };
  return hand;
}

/** Takes a click over, in its own task. */
export function deliver(hand: Hand, entry: Entry): void {
  const { route, disk } = hand;
  const now = +Date.now();
  const isHeld = now < hand.hold || route.dryRun || !fits(hand.flights, entry.size);
  const isOwn = hand.place === "page";
  const row: Entry = isHeld
    ? { ...entry, attempt: 0, due: now }
    : {
        ...entry,
        due: now + TIMEOUT_MS + SPARE_MS,
        begun: true,
        // A worker's click isn't: whether a request has begun is the worker's to write.
        ...(isOwn && { doubt: navigator.onLine !== false }),
      };
  if (!route.dryRun) write(disk, row, !isOwn);
  // Behind the listeners that the page has by now; once, for it is one function.
  addEventListener("click", hand.closed);
  if (isHeld || !isOwn) post(hand, { entry: row });
  else sendHere(hand, row);
  // A worker that was killed says nothing.
  if (!isOwn) wakeAt(hand, row.due);
}

async function sendHere(hand: Hand, row: Entry): Promise<void> {
  const { flights, route, disk } = hand;
  const flight = { size: row.size, abort: new AbortController() };
  flights.set(row.id, flight);
  const timer = setTimeout(() => flight.abort.abort(), TIMEOUT_MS);
  const answer = await send(route, row, toJson(row.payload), flight.abort.signal);
  clearTimeout(timer);
  const isKnown = flights.get(row.id) === flight;
  if (isKnown) flights.delete(row.id);
  // The page has gone. Chromium rejects what is pending within a ms after pagehide, delivered or not; Firefox never settles it. A
  // page that closes itself sees the rejection without a pagehide (Chromium 156).
  if (answer.isSilent && (!isKnown || globalThis.closed === true)) return;
  if (!isKnown && !hand.isOn()) return;
  // From its lease's end on the row may be in other hands.
  if ((isKnown && hand.link) || row.due <= Date.now()) return post(hand, { entry: row, answer });
  // The page may go before a courier is ready: the next one counts it.
  write(disk, { ...row, answer } as Entry);
  if (isKnown && (await start(hand))) flush(hand, "later").catch(() => {});
}

/** Tells the courier something as soon as it is ready. `isAhead`: as `start` has it. */
export function post(hand: Hand, message: ToCourier, isAhead = false): void {
  if (hand.link) hand.link(message);
  else start(hand, isAhead).then(() => hand.link?.(message));
}

/** Asks the courier; rejects where there is none, or where the database doesn't respond. */
export async function ask(hand: Hand, message: ToCourier): Promise<unknown> {
  // At once where it is there: what is said next must not overtake this.
  if (!hand.link) await start(hand);
  const { link } = hand;
  if (!link) throw new Error(NO_COURIER);
  const number = questions++;
  const { value, error } = await new Promise<ToPage>((resolve) => {
    const timer = setTimeout(() => {
      // The browser has ended it: the next use starts another.
      if (hand.link === link) drop(hand);
      resolve({ error: "the courier does not respond" });
    }, REPLY_MS);
    hand.questions.set(number, (reply) => (reply.isHere ? clearTimeout(timer) : resolve(reply)));
    link({ ...message, ask: number });
  });
  hand.questions.delete(number);
  if (error) throw new Error(error);
  return value;
}

/** Sends what is left, or starts the courier, which begins with that. */
export async function flush(hand: Hand, reason: NonNullable<ToCourier["flush"]>): Promise<void> {
  if (hand.link) {
    await ask(hand, { flush: reason, stash: kept(hand.disk) });
    return;
  }
  // A file that could not be had offline can be now.
  if (reason === "hope" && hand.search?.isVain) hand.search = undefined;
  await start(hand);
}

/** Calls back where pages have left clicks. */
export function whenLeft({ disk }: Hand, work: () => void): void {
  if (kept(disk)[0]) {
    work();
    return;
  }
  attempt(() => {
    const keys = transaction(disk.database, "readonly").getAllKeys();
    keys.onsuccess = () => keys.result.some((key) => key !== LEDGER) && work();
  });
}

export function openDisk({ disk }: Hand): void {
  openDatabase(disk.database);
}

function wakeAt(hand: Hand, at: number): void {
  if (at >= hand.next) return;
  clearTimeout(hand.timer);
  hand.next = at;
  hand.timer = setTimeout(() => {
    hand.next = Number.POSITIVE_INFINITY;
    // A worker that doesn't reply was killed: its clicks go to the next.
    if (hand.isOn()) flush(hand, "later").catch(() => start(hand));
  }, at - Date.now());
}

/** Ends the link to a courier; the next use starts another. */
function drop(hand: Hand): void {
  hand.link = hand.search = undefined;
  hand.place = "page";
  hand.hold = 0;
}

/** The page goes, or tracking ends. The courier finishes what it has. */
export function leave(hand: Hand, stop?: ToCourier["stop"]): void {
  removeEventListener("click", hand.closed);
  for (const say of hand.search?.greeted ?? []) say({ ...(stop && { stop }), bye: true });
  hand.flights.clear();
  clearTimeout(hand.timer);
  hand.next = Number.POSITIVE_INFINITY;
  drop(hand);
  leaveDisk(hand.disk);
}

/** Consent was withdrawn: nothing of it goes on. Rejects where the database doesn't respond. */
export async function withdraw(hand: Hand): Promise<void> {
  const { flights, disk } = hand;
  for (const { abort } of flights.values()) abort.abort();
  flights.clear();
  disk.unwritten.clear();
  const stash = kept(disk);
  settle(disk, [...disk.inStash]);
  await ask(hand, { ...hand.greeting(), stop: "withdraw", stash });
}

export function closeDisk({ disk }: Hand): void {
  closeDatabase(disk.database);
}

/**
 * Starts a courier unless one runs; resolves to whether one is ready. `isAhead`: there is nothing for it to do yet, so that a page whose
 * courier would run in it does not load the file.
 */
export async function start(hand: Hand, isAhead = false): Promise<boolean> {
  if (!hand.search) {
    // What the courier before was asked has no reply any more.
    for (const reply of hand.questions.values()) reply({ error: "the courier does not respond" });
    hand.search = { greeted: [] };
    hand.search.result = find(hand, hand.search);
  }
  const { search } = hand;
  if (!isAhead) {
    search.isNeeded = true;
    search.need?.();
  }
  await search.result;
  return !!hand.link;
}

/** Greets the couriers of this browser in turn, until one says that it is ready. */
async function find(hand: Hand, search: Search): Promise<void> {
  let refused: unknown;
  for (const [place, reach] of WAYS) {
    let say: Say | undefined;
    let failed = () => {};
    const ended = new Promise<void>((resolve) => {
      failed = search.end = resolve;
    });
    const lost = () => hand.link && hand.link === say && drop(hand);
    let isLate = false;
    const hear = (message: ToPage) => {
      // The page has gone since, or the courier; what was asked before is answered all the same.
      if (message.re === undefined && hand.search !== search) return;
      // A worker that was ready meanwhile is better than a page.
      if (message.ready === FORMAT && !(hand.link && place === "page")) {
        hand.link = say;
        hand.place = place;
        search.end?.();
        // What this page has sent and written in the meantime.
        if (isLate) say?.({ flush: "start", stash: kept(hand.disk) });
      } else if (!hand.link || hand.link === say || message.re !== undefined) take(hand, message);
    };
    try {
      // Where a worker was greeted in vain, or not even that, something is wrong that has to be told.
      if (place === "page" && !search.greeted[0] && !hand.file.service() && !search.isNeeded)
        await new Promise<void>((resolve) => {
          search.need = resolve;
          whenLeft(hand, () => start(hand));
        });
      say = await reach(hand, hear, { failed, lost });
      if (hand.search !== search || hand.link) return say?.({ bye: true });
      if (!say) continue;
      search.greeted.push(say);
      setTimeout(failed, READY_MS);
      say(hello(hand));
      await ended;
      isLate = true;
    } catch (error) {
      refused = error;
    }
    if (hand.search !== search) return;
    if (!hand.link) continue;
    if (refused && hand.place === "page" && hand.file.service()) explain("courier", [`${refused}`]);
    return;
  }
  search.isVain = true;
  tell(NO_COURIER, refused);
}

function hello({ greeting, options, isTag, disk }: Hand): ToCourier {
  // Of the options what a message can carry.
  const written = attempt(() => plain(options)) as ToCourier["options"];
  return { ...greeting(), hello: true, stash: kept(disk), ...(written && { options: written }), isTag };
}

/** Takes what the courier says. */
export function take(
  hand: Hand,
  { re = -1, keep: rows, settled, hold, at, outcome, words, ...reply }: ToPage,
): void {
  hand.questions.get(re)?.(reply);
  if (rows) {
    keep(hand.disk, rows);
    // What the courier knows of a click is newer than a row that this page has not written.
    for (const { id } of rows) hand.disk.unwritten.delete(id);
  }
  if (settled) settle(hand.disk, settled);
  if (hold !== undefined) hand.hold = hold;
  if (at) wakeAt(hand, at);
  if (words) explain(words[0], words.slice(1));
  if (outcome) hand.tell(outcome);
}
