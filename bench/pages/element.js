// Calibration: looks at one element, as any script of a search page does. What the browser sets up for that is memory that
// the page, not its tracker, costs; a blank page has not paid it yet.
document.querySelector("li");
