// Owns what every page script of the bench shares: which result a click is on and the body that is reported. Knows no peer.

export const { collector, dataset, apiKey, endpoint } = window.bench;

/** Calls `report` for every click on a tagged result, as a hand-written page would. */
export function onResultClick(report) {
  addEventListener(
    "click",
    (event) => {
      const result = event.target.closest("[data-ctr-chunk-id]");
      if (!result) return;
      const request = result.closest("[data-ctr-request-id]");
      report({
        requestId: request.getAttribute("data-ctr-request-id"),
        chunkId: result.getAttribute("data-ctr-chunk-id"),
        position: Number(result.getAttribute("data-ctr-position")),
      });
    },
    true,
  );
}

/** The same body that clicktrail sends, byte for byte in length, so that requests are compared like with like. */
export function payloadOf({ requestId, chunkId, position }) {
  return {
    request_id: requestId,
    ctr_type: "search",
    position,
    clicked_chunk_id: chunkId,
    metadata: {
      clicktrail: {
        id: crypto.randomUUID(),
        clicked_at: new Date().toISOString(),
        attempt: 1,
        version: "0.1.0",
        action: "click",
        first_position: 1,
      },
    },
  };
}

/** One keepalive PUT to the endpoint. */
export function put(payload) {
  return fetch(endpoint, {
    method: "PUT",
    keepalive: true,
    credentials: "omit",
    headers: { "Content-Type": "application/json", "TR-Dataset": dataset, Authorization: apiKey },
    body: JSON.stringify(payload),
  });
}
