// work.js - small helps for the work list: filters open on wide screens, choose all rows.
const filter = document.querySelector("[data-work-filter]");
const remembered = sessionStorage.getItem("work-filter");
if (filter && remembered) filter.open = filter.open || remembered === "open";
filter?.addEventListener("toggle", () => sessionStorage.setItem("work-filter", filter.open ? "open" : "closed"));

const place = document.querySelector("[data-choose-all]");
if (place) {
  const rows = [...document.querySelectorAll("input[name='case']")];
  const heading = place.previousElementSibling.textContent;
  place.innerHTML = "";
  const item = document.createElement("div");
  item.className = "govuk-checkboxes govuk-checkboxes--small";
  const inside = document.createElement("div");
  inside.className = "govuk-checkboxes__item";
  const box = Object.assign(document.createElement("input"), { type: "checkbox", id: "choose-all", className: "govuk-checkboxes__input" });
  const label = Object.assign(document.createElement("label"), { htmlFor: "choose-all", className: "govuk-label govuk-checkboxes__label" });
  const words = Object.assign(document.createElement("span"), { className: "govuk-visually-hidden", textContent: heading });
  place.previousElementSibling.remove();
  label.append(words);
  inside.append(box, label);
  item.append(inside);
  place.append(item);
  box.addEventListener("change", () => rows.forEach((row) => (row.checked = box.checked)));
}
