// case.js - warns before a page with typed, unsent text is left. Nothing is kept in the browser.
for (const form of document.querySelectorAll("form[data-warn]")) {
  let changed = false;
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
