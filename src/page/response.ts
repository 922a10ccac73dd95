// Owns the shapes of Trieve's responses that results are rendered from. Knows no elements.

export interface Chunk {
  readonly id?: string;
  readonly tracking_id?: string | null;
  readonly link?: string | null;
}

/** A chunk as one of the responses wraps it: v2 `{ chunk }`, v1 `{ metadata: [chunk] }`, a group of chunks, or bare. */
interface Row extends Chunk {
  readonly chunk?: Chunk | object;
  readonly metadata?: unknown;
  readonly chunks?: readonly object[];
}

/** Any response that results are rendered from: search, groups and recommendations (v2), search (v1), RAG chunks. */
export interface ResultResponse {
  /** The request id; v1 and RAG have it in their `TR-QueryID` header instead (option `requestId`). */
  readonly id?: string;
  readonly chunks?: readonly object[];
  readonly results?: readonly object[];
  readonly score_chunks?: readonly object[];
}

/** The chunks in their order, groups one after the other. */
export function chunksOf(rows: readonly object[]): Chunk[] {
  return (rows as Row[]).flatMap((row) => {
    if (row.chunks) return chunksOf(row.chunks);
    return row.chunk ?? (row.id ? row : ((row.metadata as Chunk[])?.[0] ?? []));
  });
}
