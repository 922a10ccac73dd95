// Owns the chat: a question, an answer that arrives word by word, its numbered citations tagged as type rag.
import { rememberNames, view } from "./chunk.js";
import { byId, make } from "./dom.js";
import { countShown } from "./impressions.js";
import { tag } from "./tracker.js";
import { ask } from "./trieve.js";

const MARKS = /(\*\*.+?\*\*|\[\d+\])/g;

/** One [n] in the text: tagged by attributes, because it is in no list that a response filled. */
function citation(number, { chunks }) {
  const found = chunks[number - 1];
  if (!found) return `[${number}]`;
  const { href, name } = view(found.chunk);
  return make(
    "a",
    {
      class: "citation",
      href,
      "aria-label": `Source ${number}: ${name}`,
      "data-ctr-chunk-id": found.chunk.id,
      "data-ctr-position": number,
    },
    String(number),
  );
}

function rich(line, answer) {
  return line.split(MARKS).map((part) => {
    if (part.startsWith("**")) return make("strong", {}, part.slice(2, -2));
    const number = /^\[(\d+)\]$/.exec(part)?.[1];
    return number ? citation(Number(number), answer) : part;
  });
}

function source({ chunk }, place) {
  const { href, name } = view(chunk);
  return make(
    "li",
    {},
    make("a", { href }, make("span", { class: "number" }, String(place + 1)), make("span", {}, name)),
  );
}

/** Chunks arrive before the words: the sources are there, and can be clicked, while the answer is still being written. */
function drawSources(turn, { id, chunks }) {
  if (!chunks.length || turn.sources.childElementCount) return;
  rememberNames(chunks);
  turn.sources.replaceChildren(...chunks.map(source));
  // The elements, not their list: the citations in the text are tagged too, so ranks would not be positions.
  tag([...turn.sources.children], { id, chunks }, { type: "rag", firstPosition: 1 });
  countShown("rag", 1, chunks.length);
}

function draw(turn, answer, done) {
  const lines = answer.words.split("\n\n").filter(Boolean);
  turn.words.replaceChildren(...lines.map((line) => make("p", {}, ...rich(line, answer))));
  turn.words.setAttribute("aria-busy", String(!done));
  if (answer.id) turn.element.setAttribute("data-ctr-request-id", answer.id);
  drawSources(turn, answer);
}

function addTurn(log, question) {
  const words = make(
    "div",
    { class: "words", "aria-busy": "true" },
    make("p", { class: "typing" }, "Reading the documents…"),
  );
  const sources = make("ol", { class: "sources", "aria-label": "Sources" });
  const element = make("div", { class: "turn", "data-ctr-type": "rag" }, words, sources);
  log.append(make("p", { class: "question" }, question), element);
  return { element, words, sources };
}

/** Space is reserved for the words that arrive. What is left over is removed once no pointer is over the results, which then move up. */
function settle({ words }) {
  const below = byId("results");
  const free = () => words.classList.add("settled");
  if (below.matches(":hover")) below.addEventListener("pointerleave", free, { once: true });
  else free();
}

async function answerTo(question, log, signal) {
  const turn = addTurn(log, question);
  try {
    draw(turn, await ask({ question, signal, onProgress: (answer) => draw(turn, answer, false) }), true);
    settle(turn);
  } catch (error) {
    if (signal.aborted) return;
    turn.words.setAttribute("aria-busy", "false");
    turn.words.replaceChildren(make("p", { class: "typing" }, `There is no answer: ${error.message}`));
  }
}

function followUp(log, signal) {
  const input = make("input", {
    name: "follow-up",
    placeholder: "Ask a follow-up",
    "aria-label": "Ask a follow-up",
    autocomplete: "off",
  });
  function submit(event) {
    event.preventDefault();
    if (!input.value.trim()) return;
    void answerTo(input.value.trim(), log, signal);
    input.value = "";
  }
  return make(
    "form",
    { class: "follow-up", onsubmit: submit },
    input,
    make("button", { class: "quiet" }, "Ask"),
  );
}

/** Starts a conversation with the search's words; an aborted signal ends it. */
export function startChat(question, signal) {
  const section = byId("answer");
  const log = make("div", { class: "log", "aria-live": "polite" });
  section.replaceChildren(make("h2", { id: "answer-title" }, "Answer"), log, followUp(log, signal));
  section.hidden = false;
  return answerTo(question, log, signal);
}

export function hideChat() {
  byId("answer").hidden = true;
}
