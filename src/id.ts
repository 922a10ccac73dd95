// Owns the click's id.

/** A UUIDv7 (RFC 9562): sorts by the click's time, in epoch ms. */
export function uuid7(at: number): string {
  const time = at.toString(16).padStart(12, "0");
  // Insecure contexts have no randomUUID; a blob's address ends in one.
  const random = crypto.randomUUID?.() ?? URL.createObjectURL(new Blob()).slice(-36);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
