// A module that the build makes: docs/troubleshooting.md by its sections.
declare module "guide-source" {
  export interface Section {
    /** As messages name it: `results-and-chunks`. */
    readonly name: string;
    readonly title: string;
    /** Markdown. */
    readonly text: string;
  }
  export const guide: readonly Section[];
}
