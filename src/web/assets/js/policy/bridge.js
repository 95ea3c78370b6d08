// bridge.js - an editor beside the text area of a file: what it changes is written there, and what is typed there is drawn.
// The text area is what is saved, with script and without.

// open({ place, editor, changed }) makes the editor and answers { draw(text), write() }.
export async function bridge(open) {
  const editor = document.querySelector("[data-editor]");
  const area = document.getElementById("content");
  if (!editor || !area) return;
  let pending = Promise.resolve();
  let drawing = false;
  let isUnwritten = false; // the last change is not in the text area, and the person was told
  let tools;
  const changed = () => {
    if (drawing || area.readOnly) return;
    pending = pending.then(() => tools.write()).then((text) => {
      area.value = text;
      area.dispatchEvent(new Event("ostia-written"));
      if (isUnwritten) note(editor).remove();
      isUnwritten = false;
    }).catch((error) => {
      isUnwritten = true;
      tell(editor, editor.dataset.unwritten, error);
    });
  };
  const draw = async () => {
    drawing = true;
    if (isUnwritten) note(editor).remove();
    isUnwritten = false; // what is typed takes the place of what is drawn
    try {
      await tools.draw(area.value);
      editor.hidden = document.querySelector("[data-english]").hidden = false;
      fold(area);
    } catch (error) {
      say(editor, area, error);
    }
    drawing = false;
  };
  editor.hidden = false; // an editor measures its place
  tools = await open({ editor, place: editor.querySelector("[data-canvas]"), changed });
  await draw();
  area.addEventListener("change", draw);
  // Cells are written when they are left, and that is what a press on the button does.
  area.form.addEventListener("submit", (event) => {
    if (event.submitter?.dataset.written) return;
    event.preventDefault();
    document.activeElement?.blur?.();
    const wasTold = isUnwritten;
    setTimeout(async () => {
      await pending; // never fails: what went wrong is told
      if (wasTold || !isUnwritten) area.form.submit(); // told only now: to be read before the page goes
    }, 400);
  });
}

// The text is still there, one press away.
function fold(area) {
  const group = area.closest("[data-text]");
  if (group.closest("details")) return;
  const details = document.createElement("details");
  details.className = "govuk-details";
  const summary = document.createElement("summary");
  summary.className = "govuk-details__summary";
  const words = document.createElement("span");
  words.className = "govuk-details__summary-text";
  words.textContent = group.querySelector("label").textContent;
  summary.append(words);
  group.before(details);
  details.append(summary, group);
  details.open = Boolean(group.querySelector(".govuk-error-message"));
}

// What cannot be drawn is edited as text, and nothing of it is lost.
function say(editor, area, error) {
  editor.hidden = document.querySelector("[data-english]").hidden = true;
  const details = area.closest("details");
  if (details) details.open = true;
  tell(editor, editor.dataset.broken, error);
}

// The place beside the editor for what went wrong.
function note(editor) {
  let place = document.querySelector("[data-broken-note]");
  if (!place) {
    place = document.createElement("div");
    place.className = "govuk-inset-text";
    place.dataset.brokenNote = "";
    place.setAttribute("role", "alert");
    editor.after(place);
  }
  return place;
}

function tell(editor, words, error) {
  note(editor).textContent = `${words} ${String(error.message || error).slice(0, 200)}`;
}
