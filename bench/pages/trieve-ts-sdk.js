// R: Trieve's official client, today's way to send the same PUT.
import { TrieveSDK } from "trieve-ts-sdk";
import { apiKey, collector, dataset, onResultClick } from "./common.js";

const trieve = new TrieveSDK({ apiKey, datasetId: dataset, baseUrl: collector });

onResultClick(({ requestId, chunkId, position }) => {
  trieve
    .sendCTRAnalytics({ request_id: requestId, ctr_type: "search", position, clicked_chunk_id: chunkId })
    .catch(() => {});
});
