// Owns the page's calls to Trieve: search, recommendations, chat. Knows no elements, and nothing of clicks.

/** What the server wrote into the page: where Trieve is and with which key. */
export const config = JSON.parse(document.getElementById("demo-config")?.textContent ?? "{}");

const VISITOR = "platform-atlas-visitor";

async function post(path, body, signal) {
  const response = await fetch(`${config.url}${path}`, {
    method: "POST",
    signal,
    headers: {
      "Content-Type": "application/json",
      "TR-Dataset": config.dataset,
      Authorization: config.apiKey,
      "X-API-VERSION": "V2",
      ...(config.organization && { "TR-Organization": config.organization }),
    },
    body: JSON.stringify(body),
  });
  if (response.ok) return response;
  const { message } = await response.json().catch(() => ({}));
  throw new Error(message ?? `The server responded ${response.status}.`);
}

/** @returns {Promise<{ id: string, chunks: any[], total_pages: number }>} */
export async function search({ query, page, pageSize, signal }) {
  const body = { query, page, page_size: pageSize, search_type: "fulltext", get_total_pages: true };
  return (await post("/api/chunk/search", body, signal)).json();
}

/** How many results there are on all pages; undefined where the server or the key does not say. */
export async function countResults({ query, signal }) {
  try {
    const { count } = await (
      await post("/api/chunk/count", { query, search_type: "fulltext" }, signal)
    ).json();
    return Number.isInteger(count) ? count : undefined;
  } catch {
    return undefined;
  }
}

/** @returns {Promise<{ id: string, chunks: any[] }>} */
export async function recommend({ chunkIds, trackingIds, limit }) {
  const body = { positive_chunk_ids: chunkIds, positive_tracking_ids: trackingIds, limit };
  return (await post("/api/chunk/recommend", body)).json();
}

let topic;

async function topicId() {
  topic ??= post("/api/topic", { owner_id: VISITOR, name: "Search page" }).then((answer) => answer.json());
  topic.catch(() => {
    topic = undefined;
  });
  return (await topic).id;
}

/** Chunks come first in the stream, then "||", then the words; some settings of Trieve turn that around. */
function readAnswer(text) {
  const cut = text.indexOf("||");
  if (cut < 0) return text.startsWith("[") ? { chunks: [], words: "" } : { chunks: [], words: text };
  const [before, after] = [text.slice(0, cut), text.slice(cut + 2)];
  const [json, words] = before.startsWith("[") ? [before, after] : [after, before];
  try {
    return { chunks: JSON.parse(json), words };
  } catch {
    return { chunks: [], words };
  }
}

/**
 * Asks a question; `onProgress` gets what has arrived so far.
 * @returns {Promise<{ id: string | null, chunks: any[], words: string }>}
 */
export async function ask({ question, signal, onProgress }) {
  const body = { topic_id: await topicId(), new_message_content: question, page_size: 3 };
  const response = await post("/api/message", body, signal);
  const id = response.headers.get("TR-QueryID");
  let text = "";
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    onProgress({ id, ...readAnswer(text) });
  }
  return { id, ...readAnswer(text) };
}
