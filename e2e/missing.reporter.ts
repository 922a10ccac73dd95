// Owns the end of the run's report: which browser each engine's specs ran in, what was skipped and why, and in letters
// that nobody overlooks what was not tested. It decides nothing but whether an absence is a failure.
import type { FullConfig, FullResult, Reporter, TestCase, TestResult } from "playwright/types/testReporter";
import { type Engine, findBrowser, findTool, isRequired, TOOLS, wantedEngines } from "./browsers.mjs";

const WIDTH = 100;

class MissingReporter implements Reporter {
  #projects: string[] = [];
  readonly #versions = new Map<string, string>();
  readonly #skipped: string[] = [];

  onBegin(config: FullConfig): void {
    this.#projects = config.projects.map((project) => project.name);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const project = test.parent.project()?.name ?? "";
    const browser = result.annotations.find((annotation) => annotation.type === "browser");
    if (browser?.description) this.#versions.set(project, browser.description);
    const skip = result.annotations.find((annotation) => annotation.type === "skip");
    if (result.status === "skipped" && !skip?.description?.startsWith("NOT TESTED")) {
      this.#skipped.push(`${project}: ${test.title} (${skip?.description ?? "no reason given"})`);
    }
  }

  async onEnd(result: FullResult): Promise<{ status: FullResult["status"] }> {
    console.log("");
    for (const skipped of this.#skipped) console.log(`  skipped in ${skipped}`);
    const absent = [...this.#absentEngines(), ...absentTools()];
    for (const { name, how } of absent) banner(name, how);
    const isFailure = absent.some(({ name }) => isRequired(name));
    return { status: isFailure ? "failed" : result.status };
  }

  printsToStdio(): boolean {
    return false;
  }

  #ranIn(engine: Engine): string {
    const version = this.#versions.get(engine);
    return version ? `ran in ${version}` : "no spec ran";
  }

  #absentEngines() {
    const engines = wantedEngines().filter((engine) => this.#projects.includes(engine));
    return engines.flatMap((engine) => {
      const found = findBrowser(engine);
      if (found.kind === "missing") return [{ name: engine, how: found.what }];
      console.log(`  ${engine}: ${this.#ranIn(engine)}: ${found.what}`);
      return [];
    });
  }
}

function absentTools() {
  const absent = TOOLS.filter((tool) => !findTool(tool.name));
  return absent.map(({ name, debian }) => ({
    name,
    how: `apt-get install --no-install-recommends ${debian}`,
  }));
}

function banner(name: string, how: string): void {
  const bar = "!".repeat(WIDTH);
  const required = isRequired(name) ? " (required: this run fails)" : "";
  console.log(`\n${bar}\n!!! NOT TESTED: ${name.toUpperCase()}${required}\n!!! Run: ${how}\n${bar}`);
}

export default MissingReporter;
