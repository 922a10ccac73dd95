// Owns how the stand-in's analytics routes behave at the moment: what a mood does to a request. Knows no contract.
import { setTimeout as sleep } from "node:timers/promises";
import { refusal } from "./auth.mjs";

const SLOW_MS = 3_000;
const RETRY_AFTER_SECONDS = 5;

/** @typedef {"fine" | "slow" | "503" | "429" | "unreachable"} Mood */

/** @type {readonly Mood[]} */
export const MOODS = ["fine", "slow", "503", "429", "unreachable"];

/** As if nothing listened: the connection is closed without a response, for preflights too. */
export function cutIfUnreachable(mood, request) {
  if (mood !== "unreachable") return false;
  request.raw.socket.destroy();
  return true;
}

/**
 * What happens to a request that got through: an early refusal, or a pause.
 * @param {Mood} mood
 * @param {import("fastify").FastifyReply} reply
 */
export async function applyMood(mood, reply) {
  if (mood === "slow") await sleep(SLOW_MS);
  if (mood === "503") throw refusal(503, "Overloaded");
  if (mood === "429") {
    reply.header("Retry-After", String(RETRY_AFTER_SECONDS));
    throw refusal(429, "Too many requests");
  }
}
