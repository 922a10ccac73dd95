// Owns the WebDriver conversation with WebKitGTK's MiniBrowser, over plain fetch and with a time limit on every step.
// It knows neither Playwright nor our specs: tabs.ts gives it the shape that they use.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./listen.ts";
import { focus, pointAt } from "./pointing.ts";
import { createResting } from "./resting.ts";

/** A session that cannot start (no display) never answers. */
const SESSION_MS = 30_000;
const COMMAND_MS = 30_000;
const START_MS = 30_000;
const POLL_MS = 50;

/** A key of WebDriver's own, for the keys that have no character. */
const KEYS: Readonly<Record<string, string>> = {
  Enter: "\uE007",
  Shift: "\uE008",
  Control: "\uE009",
  Meta: "\uE03D",
};

const BUTTONS = { left: 0, middle: 1, right: 2 } as const;

export interface PointerOptions {
  readonly button?: keyof typeof BUTTONS | undefined;
  readonly modifiers?: readonly string[] | undefined;
  readonly count?: number | undefined;
}

type Command = (method: string, path: string, body?: unknown, timeoutMs?: number) => Promise<unknown>;

/** The driver process with one browser at a time. */
export interface Driver {
  /** The session at hand, or a new one: its start takes longer than many a spec, and each spec has origins of its own. */
  session(): Promise<Session>;
  /** Closes what a spec has opened; after a failure, and where that fails, the next one gets a new session. */
  giveBack(isSound: boolean): Promise<void>;
  stop(): void;
}

/** One MiniBrowser with a profile that was empty and vanishes with it. */
export interface Session {
  readonly version: string;
  newWindow(): Promise<Window>;
  /** The window that `act` makes the page open. */
  opened(act: () => Promise<unknown>): Promise<Window>;
  /** Leaves no page of a test's: windows that `newWindow` gave rest, others are closed. */
  tidy(): Promise<void>;
  end(): Promise<void>;
}

export type Window = ReturnType<typeof createWindow>;

export async function startDriver(program: string, xvfb?: string): Promise<Driver> {
  const processes: ChildProcess[] = [];
  const stop = () => {
    for (const child of processes.splice(0).reverse()) endGroup(child);
  };
  process.once("exit", stop);
  try {
    const env = { ...process.env };
    if (xvfb) env.DISPLAY = await startDisplay(xvfb, processes);
    const port = await freePort("127.0.0.1");
    processes.push(
      spawn(program, [`--port=${port}`, "--host=127.0.0.1"], { env, stdio: "ignore", detached: true }),
    );
    const command = commandsTo(`http://127.0.0.1:${port}`);
    await answering(command);
    let running: Session | undefined;
    const session = async () => {
      running ??= await startSession(command);
      return running;
    };
    const giveBack = async (isSound: boolean) => {
      const isClean =
        isSound &&
        (await running?.tidy().then(
          () => true,
          () => false,
        ));
      if (isClean) return;
      await running?.end();
      running = undefined;
    };
    return { session, giveBack, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

/** The display number is Xvfb's choice, told on file descriptor 3: nothing to collide with. */
async function startDisplay(xvfb: string, processes: ChildProcess[]): Promise<string> {
  const options = ["-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"];
  const child = spawn(xvfb, options, { stdio: ["ignore", "ignore", "ignore", "pipe"], detached: true });
  processes.push(child);
  const lines = createInterface({ input: child.stdio[3] as Readable });
  const [line] = await once(lines, "line", { signal: AbortSignal.timeout(START_MS) });
  return `:${String(line).trim()}`;
}

/** The browser's own processes are the driver's children: the whole group goes. */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, "SIGTERM");
  } catch {
    // Gone already.
  }
}

function commandsTo(origin: string): Command {
  return async function command(method, path, body, timeoutMs = COMMAND_MS) {
    const sent = method === "POST" ? { body: JSON.stringify(body ?? {}) } : {};
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(origin + path, { method, signal, ...sent }).catch((cause: unknown) => {
      throw new Error(`WebKitWebDriver: no answer to ${method} ${path}`, { cause });
    });
    const { value } = (await answer.json()) as { value: unknown };
    // By the status: what a page's script answers may have an error inside, too.
    if (!answer.ok && isRecord(value)) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
}

async function answering(command: Command): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    const status = await command("GET", "/status").catch(() => undefined);
    if (status) return;
    await pause(POLL_MS);
  }
  throw new Error("WebKitWebDriver did not start");
}

async function startSession(command: Command): Promise<Session> {
  const capabilities = { alwaysMatch: { browserName: "MiniBrowser" } };
  const session = (await command("POST", "/session", { capabilities }, SESSION_MS)) as {
    sessionId: string;
    capabilities: { browserVersion: string };
  };
  const within: Command = (method, path, body) =>
    command(method, `/session/${session.sessionId}${path}`, body);
  const inTurn = oneAtATime();
  const handles = async () => (await within("GET", "/window/handles")) as string[];

  const windows = createResting<Window>({
    open: () =>
      inTurn(async () => {
        await within("POST", "/window", { handle: first });
        // Not a tab: in a tab that the driver opened, WebKitGTK 2.50 blocks target=_blank and window.open.
        const { handle } = (await within("POST", "/window/new", { type: "window" })) as { handle: string };
        return createWindow(within, handle, inTurn);
      }),
    clear: (window) => window.goto("about:blank"),
    close: (window) => window.close(),
  });

  async function opened(act: () => Promise<unknown>): Promise<Window> {
    const before = new Set(await handles());
    await act();
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      const fresh = (await handles()).find((handle) => !before.has(handle));
      if (fresh) return createWindow(within, fresh, inTurn);
      await pause(POLL_MS);
    }
    throw new Error("no window was opened");
  }

  async function tidy(): Promise<void> {
    await windows.giveBack();
    for (const handle of await handles()) {
      if (handle === first || windows.rests(({ handle: own }) => own === handle)) continue;
      await within("POST", "/window", { handle });
      await within("DELETE", "/window");
    }
  }

  async function end(): Promise<void> {
    await within("DELETE", "").catch(() => undefined);
  }

  const [first] = await handles();
  return { version: session.capabilities.browserVersion, newWindow: windows.take, opened, tidy, end };
}

type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** A session has one current window, so what tabs side by side ask of it has to queue. */
function oneAtATime(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

function createWindow(within: Command, handle: string, inTurn: InTurn) {
  function command(method: string, path: string, body?: unknown): Promise<unknown> {
    return commands([method, path, body]);
  }

  /** Answers the first one's result; nobody else's command comes between them. */
  function commands(
    first: readonly [string, string, unknown],
    ...others: readonly (readonly [string, string])[]
  ): Promise<unknown> {
    return inTurn(async () => {
      await within("POST", "/window", { handle });
      const result = await within(...first);
      for (const other of others) await within(...other).catch(() => undefined);
      return result;
    });
  }

  /** Runs the source of a function in the page and waits for what it promises. */
  async function evaluate(source: string, argument?: unknown): Promise<unknown> {
    const script = `const [argument, done] = arguments;
      Promise.resolve(argument).then(${source}).then((value) => done({ value }), (error) => done({ error: String(error && error.stack || error) }));`;
    const answer = await command("POST", "/execute/async", { script, args: [argument ?? null] });
    if (!isRecord(answer)) throw new Error("the page went away while it was asked");
    if ("error" in answer) throw new Error(String(answer.error));
    return answer.value;
  }

  /** In one go: a page that goes into the back/forward cache before an asynchronous script has ended never answers it. */
  function whereabouts(): Promise<unknown> {
    const script = "return { href: location.href, state: document.readyState };";
    return command("POST", "/execute/sync", { script, args: [] });
  }

  async function moveTo(selector: string) {
    const point = await pointAt(
      (run, argument) => evaluate(`(${run})`, argument) as Promise<never>,
      selector,
    );
    return { type: "pointerMove", origin: "viewport", ...point, duration: 0 };
  }

  async function perform(actions: readonly unknown[]): Promise<void> {
    // A key or button that stays down falls to the next page; releasing may find the window gone.
    await commands(["POST", "/actions", { actions }], ["DELETE", "/actions"]);
  }

  async function click(selector: string, options: PointerOptions = {}): Promise<void> {
    const button = BUTTONS[options.button ?? "left"];
    const presses = Array.from({ length: options.count ?? 1 }, () => [
      { type: "pointerDown", button },
      { type: "pointerUp", button },
    ]).flat();
    const pointer = [await moveTo(selector), ...presses];
    const keys = (options.modifiers ?? []).map((name) => KEYS[name] ?? name);
    await perform([
      {
        type: "key",
        id: "keyboard",
        actions: [
          ...keys.map((value) => ({ type: "keyDown", value })),
          ...pointer.map(() => ({ type: "pause" })),
          ...keys.map((value) => ({ type: "keyUp", value })),
        ],
      },
      {
        type: "pointer",
        id: "mouse",
        parameters: { pointerType: "mouse" },
        actions: [...keys.map(() => ({ type: "pause" })), ...pointer],
      },
    ]);
  }

  async function drag(from: string, to: string): Promise<void> {
    const actions = [
      await moveTo(from),
      { type: "pointerDown", button: 0 },
      { ...(await moveTo(to)), duration: 50 },
      { type: "pointerUp", button: 0 },
    ];
    await perform([{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }]);
  }

  async function press(selector: string, key: string): Promise<void> {
    await evaluate(`(${focus})`, selector);
    const value = KEYS[key] ?? key;
    const actions = [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ];
    await perform([{ type: "key", id: "keyboard", actions }]);
  }

  async function hover(selector: string): Promise<void> {
    const actions = [await moveTo(selector)];
    await command("POST", "/actions", {
      actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }],
    });
  }

  async function close(): Promise<void> {
    await command("DELETE", "/window");
  }

  return {
    handle,
    evaluate,
    whereabouts,
    click,
    drag,
    press,
    hover,
    close,
    goto: (url: string) => command("POST", "/url", { url }),
    reload: () => command("POST", "/refresh"),
    goBack: () => command("POST", "/back"),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
