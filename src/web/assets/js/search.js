// search.js - Enter searches, as a scanner and a hurried hand expect. The lines of a passport come with an Enter
// behind each: they are sent when the last one is there.
const LINES = { 44: 2, 36: 2, 30: 3 };   // TD3 and MRV-A, TD2 and MRV-B, TD1
const form = document.querySelector("[data-search]");
const box = form?.querySelector("textarea");

function isComplete(text) {
  const lines = text.trim().split(/\s*\n\s*/);
  return !text.includes("<") || lines.length >= (LINES[lines[0].length] || 2);
}

box?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !isComplete(box.value)) return;
  event.preventDefault();
  form.requestSubmit();
});
if (box && !document.querySelector(".search-verdict, .govuk-error-summary")) box.focus();
