// Owns the words of the stand-in's chat answer: sentences about the found features, each with its citation. Knows no HTTP.

const AVAILABLE = {
  widely: (since) => `It works in every major browser and has been Baseline since ${since.slice(0, 4)}.`,
  newly: (since) => `It became Baseline in ${monthOf(since)}, so older devices may still lack it.`,
  limited: () => "It does not work in every major browser yet, so plan a fallback.",
};

function monthOf(date) {
  return new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" }).format(
    new Date(date),
  );
}

function firstSentence(text) {
  return text.match(/^.*?[.!?](?=\s|$)/s)?.[0] ?? text;
}

/**
 * @param {import("./documents.mjs").Feature[]} found the best first; a citation's number is its place here, from 1
 * @returns {string}
 */
export function answerFrom(found) {
  if (!found.length) return "I found nothing about that in the documents. Try other words.";
  const [best, ...others] = found;
  const lines = [
    `Look at **${best.name}** first. ${firstSentence(best.description)} [1] ${AVAILABLE[best.baseline](best.since ?? "")}`,
  ];
  if (others.length) {
    const related = others.map((feature, rank) => `**${feature.name}** [${rank + 2}]`);
    lines.push(`Related and worth a look: ${new Intl.ListFormat("en").format(related)}.`);
  }
  return lines.join("\n\n");
}
