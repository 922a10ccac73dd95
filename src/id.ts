// Owns the click's id.

/** A UUIDv7 (RFC 9562): sorts by the click's time, in epoch ms. Of a time that it has no room for it takes the present. */
export function uuid7(at: number): string {
  // An early click's time has a fraction.
  const ms = Math.trunc(at >= 0 && at < 2 ** 48 ? at : Date.now());
  const time = ms.toString(16).padStart(12, "0");
  // Insecure contexts have no randomUUID; a blob's address ends in one.
  const random = crypto.randomUUID?.() ?? URL.createObjectURL(new Blob()).slice(-36);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
