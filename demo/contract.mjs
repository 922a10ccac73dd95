// Owns the stand-in's description of the analytics contract: bodies as JSON schemas, keys and datasets. Knows no server.

/** The one dataset the stand-in knows, with the tracking id it also answers to. */
export const DATASET = {
  id: "5f1d7c52-3d0e-4d5c-9a53-6d1b0f0c8e21",
  trackingId: "web-features",
  organization: "0b8f6a1e-77c4-4b0e-8a6f-2f8f5b1d9c40",
};

const SEARCH_ROUTES = [
  "POST /api/chunk/search",
  "POST /api/chunk/count",
  "POST /api/chunk/recommend",
  "POST /api/topic",
  "POST /api/message",
];
const ANALYTICS_ROUTES = ["PUT /api/analytics/ctr", "PUT /api/analytics/events"];

/** Keys by use: `page` is the only one fit for a page; `searchOnly` may search but not report clicks (403). */
export const KEYS = {
  page: "tr-demo-page-key",
  searchOnly: "tr-demo-search-only",
};

/** What each key may call. */
export const SCOPES = new Map([
  [KEYS.page, [...SEARCH_ROUTES, ...ANALYTICS_ROUTES]],
  [KEYS.searchOnly, SEARCH_ROUTES],
]);

const uuid = { type: "string", format: "uuid" };
const text = { type: "string" };
const textOrNull = { type: "string", nullable: true };
const int32 = { type: "integer", minimum: -2147483648, maximum: 2147483647 };
const requestType = { enum: ["search", "rag", "recommendation"] };
const anyJson = {};

/** `PUT /api/analytics/ctr`. Unknown members are ignored, as the real server does. */
export const ctrBody = {
  type: "object",
  required: ["request_id", "ctr_type", "position"],
  properties: {
    request_id: uuid,
    ctr_type: requestType,
    position: int32,
    clicked_chunk_id: { ...uuid, nullable: true },
    clicked_chunk_tracking_id: textOrNull,
    metadata: anyJson,
  },
};

const common = {
  event_name: text,
  request: {
    type: "object",
    nullable: true,
    required: ["request_id", "request_type"],
    properties: { request_id: uuid, request_type: requestType },
  },
  user_id: textOrNull,
  location: textOrNull,
  metadata: anyJson,
};
const listed = { items: { type: "array", items: text } };
const conversion = { is_conversion: { type: "boolean", nullable: true } };

/**
 * @param {string} name the value of `event_type`
 * @param {string[]} required what else this type cannot do without
 * @param {object} properties what only this type has
 */
function eventOf(name, required, properties) {
  return {
    type: "object",
    required: ["event_type", "event_name", ...required],
    properties: { event_type: { const: name }, ...common, ...properties },
  };
}

/** `PUT /api/analytics/events`. */
export const eventsBody = {
  type: "object",
  required: ["event_type"],
  discriminator: { propertyName: "event_type" },
  oneOf: [
    eventOf("click", ["clicked_items"], {
      ...conversion,
      clicked_items: {
        type: "object",
        required: ["chunk_id", "position"],
        properties: { chunk_id: uuid, position: int32 },
      },
    }),
    eventOf("view", ["items"], listed),
    eventOf("add_to_cart", ["items"], { ...listed, ...conversion }),
    eventOf("purchase", ["items"], {
      ...listed,
      ...conversion,
      value: { type: "number", nullable: true },
      currency: textOrNull,
    }),
    eventOf("filter_clicked", ["items"], {
      ...conversion,
      items: { type: "object", additionalProperties: text },
    }),
  ],
};

/** `POST /api/chunk/search`; pages are counted from 1. */
export const searchBody = {
  type: "object",
  required: ["query", "search_type"],
  properties: {
    query: text,
    search_type: { enum: ["fulltext", "semantic", "hybrid", "bm25"] },
    page: { type: "integer", minimum: 1, nullable: true },
    page_size: { type: "integer", minimum: 1, maximum: 100, nullable: true },
  },
};

/** `POST /api/chunk/count`: how many results a search has on all its pages. */
export const countBody = {
  type: "object",
  required: ["query", "search_type"],
  properties: { query: text, search_type: { enum: ["fulltext", "semantic", "bm25"] } },
};

/** `POST /api/chunk/recommend`. */
export const recommendBody = {
  type: "object",
  properties: {
    positive_chunk_ids: { type: "array", nullable: true, items: uuid },
    positive_tracking_ids: { type: "array", nullable: true, items: text },
    limit: { type: "integer", minimum: 1, maximum: 50, nullable: true },
  },
};

/** `POST /api/topic`: a conversation, which a message belongs to. */
export const topicBody = {
  type: "object",
  required: ["owner_id"],
  properties: { owner_id: text, name: textOrNull },
};

/** `POST /api/message`: a question in a topic, answered from chunks. */
export const messageBody = {
  type: "object",
  required: ["topic_id", "new_message_content"],
  properties: {
    topic_id: uuid,
    new_message_content: text,
    page_size: { type: "integer", minimum: 1, maximum: 20, nullable: true },
  },
};
