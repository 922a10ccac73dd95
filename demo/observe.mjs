// Owns the stand-in's own routes, which Trieve does not have: the panel reads what arrived and sets the mood.
// Polled, not streamed: an open stream per tab would take the connections the clicks need (six an origin).
import { MOODS } from "./moods.mjs";

export function addObserver(app, record) {
  app.get("/demo/received", async (request, reply) => {
    reply.header("Cache-Control", "no-store");
    return record.since(Number(request.query.after ?? 0));
  });
  app.delete("/demo/received", async (_request, reply) => {
    record.clear();
    return reply.code(204).send();
  });
  app.put(
    "/demo/mood",
    { schema: { body: { type: "object", required: ["mood"], properties: { mood: { enum: MOODS } } } } },
    async (request) => {
      record.setMood(request.body.mood);
      return { mood: record.mood() };
    },
  );
}
