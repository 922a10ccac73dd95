// The script tag's entry.
import { runScript } from "./script";

runScript();
