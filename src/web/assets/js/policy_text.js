// policy_text.js - line numbers beside the text of a file, and a way from a finding to its line.
const place = document.querySelector("[data-lines]");
const area = place?.querySelector("textarea");

function number(column) {
  const count = area.value.split("\n").length;
  if (column.dataset.count === String(count)) return;
  column.dataset.count = String(count);
  column.textContent = Array.from({ length: count }, (_, i) => i + 1).join("\n");
}

if (area) {
  const column = document.createElement("div");
  column.className = "policy-text__numbers";
  column.setAttribute("aria-hidden", "true");
  place.prepend(column);
  const again = () => number(column);
  again();
  area.addEventListener("input", again);
  area.addEventListener("ostia-written", again);
  area.addEventListener("scroll", () => { column.scrollTop = area.scrollTop; });
}

for (const link of document.querySelectorAll("a[data-line]"))
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const details = area.closest("details");
    if (details) details.open = true;
    const lines = area.value.split("\n");
    const at = Math.min(Number(link.dataset.line), lines.length) - 1;
    const start = lines.slice(0, at).join("\n").length + (at ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, start + lines[at].length);
    area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, at - 5);
    area.scrollIntoView({ block: "center" });
  });
