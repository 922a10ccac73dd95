// Made by the build: the text that a worker runs the courier from.
declare module "courier-source" {
  export function courierSource(): string;
}
