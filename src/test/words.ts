// Gives the unit tests the sentences, as a page loads them.
import { loadWordsBy, SPOKEN } from "../report";
import { say } from "../words";

loadWordsBy(async () => Object.assign(globalThis, { [SPOKEN]: say }));
