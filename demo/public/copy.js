// Owns the buttons that copy an example's source. Knows no example.

const SAID_MS = 2_000;

async function copy(button) {
  const text = button.parentElement?.querySelector("pre")?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // Clipboards exist only on secure pages: there the person copies what is selected.
    getSelection()?.selectAllChildren(button.parentElement.querySelector("pre"));
    button.textContent = "Selected";
  }
  setTimeout(() => {
    button.textContent = "Copy";
  }, SAID_MS);
}

for (const button of document.querySelectorAll("button.copy"))
  button.addEventListener("click", () => copy(button));
