// upload.js - sends a file in pieces, and goes on where it stopped after a lost connection or a page that was loaded again.
// The server knows the upload by a token that we make; sessionStorage remembers it for this very file.
const PIECE = 512 * 1024;
const WAITS_MS = [1000, 2000, 5000, 10000, 20000, 30000];

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function tokenFor(path, file) {
  const name = `upload:${path}:${file.name}:${file.size}:${file.lastModified}`;
  let token = null;
  try {
    token = sessionStorage.getItem(name);
  } catch { /* storage is off: a lost page begins anew */ }
  if (!token) {
    token = Array.from(crypto.getRandomValues(new Uint8Array(24)), (b) => b.toString(16).padStart(2, "0")).join("");
    try {
      sessionStorage.setItem(name, token);
    } catch { /* as above */ }
  }
  return { token, forget: () => { try { sessionStorage.removeItem(name); } catch { /* as above */ } } };
}

class Refused extends Error {}

function start(form) {
  const { upload: path, target, csrf } = form.dataset;
  const box = form.querySelector("[data-upload-progress]");
  const bar = box.querySelector("progress");
  const state = box.querySelector("[role=status]");
  const button = form.querySelector("button[type=submit]");
  const query = target ? `?${target}` : "";

  // One request; answers that a person can read are errors at once, all else is tried again for about two minutes.
  async function ask(method, address, body, type) {
    for (let attempt = 0; ; attempt++) {
      try {
        const headers = { "X-CSRF-Token": csrf, Accept: "application/json" };
        if (type) headers["Content-Type"] = type;
        const answer = await fetch(address, { method, headers, body });
        const json = await answer.json().catch(() => ({}));
        if (answer.ok || answer.status === 409) return json;
        if (answer.status < 500 && answer.status !== 429) throw new Refused(json.problem || json.detail || form.dataset.failed);
      } catch (error) {
        if (error instanceof Refused) throw error;
      }
      if (attempt >= WAITS_MS.length) throw new Refused(form.dataset.failed);
      state.textContent = form.dataset.lost;
      await sleep(WAITS_MS[attempt]);
    }
  }

  function show(sent, size) {
    const percent = size ? Math.floor((100 * sent) / size) : 100;
    bar.value = percent;
    state.textContent = `${form.dataset.sending} ${percent} %`;
  }

  async function send(file) {
    const { token, forget } = tokenFor(path, file);
    const about = new URLSearchParams({ kind: form.elements.kind.value, title: file.name });
    let { offset = 0 } = await ask("POST", path + token + query, about);
    while (offset < file.size) {
      show(offset, file.size);
      const piece = file.slice(offset, offset + PIECE);
      ({ offset } = await ask("PUT", `${path}${token}?offset=${offset}`, piece, "application/octet-stream"));
    }
    show(file.size, file.size);
    const done = await ask("POST", `${path}${token}/finish${query}`, about);
    forget();
    location.assign(done.next || form.dataset.next);
  }

  function fail(message) {
    let error = form.querySelector("#file-error");
    if (!error) {
      error = document.createElement("p");
      error.id = "file-error";
      error.className = "govuk-error-message";
      error.setAttribute("role", "alert");
      form.elements.file.before(error);
    }
    error.textContent = message;
    box.hidden = true;
    button.disabled = false;
    form.elements.file.setAttribute("aria-describedby", "file-hint file-error");
    form.elements.file.focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const file = form.elements.file.files[0];
    if (!file) {
      fail(form.dataset.choose);
      return;
    }
    form.querySelector("#file-error")?.remove();
    button.disabled = true;
    box.hidden = false;
    send(file).catch((error) => fail(error.message));
  });
}

for (const form of document.querySelectorAll("form[data-upload]")) start(form);
