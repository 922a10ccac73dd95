// Owns the demo's menu: add a page here and it shows in every header.

/** @type {readonly { href: string, label: string }[]} */
export const NAV = [
  { href: "/", label: "Search" },
  { href: "/mistakes?clicktrail=inspect", label: "Mistakes" },
  { href: "/examples", label: "Examples" },
];
