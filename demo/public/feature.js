// Owns a feature's page in the browser: the way back and recommendations. The rest came from the server.
import { showAlso } from "./also.js";

const back = document.getElementById("back");
const last = sessionStorage.getItem("atlas-last-search");
if (back && last && last !== "/") {
  back.setAttribute("href", last);
  back.textContent = "Back to the results";
}

const chunkId = document.querySelector("[data-chunk-id]")?.getAttribute("data-chunk-id");
if (chunkId) void showAlso({ chunkIds: [chunkId] });
