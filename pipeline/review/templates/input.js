"use strict";
// Keyboard, mouse and the window's coming and going, for the page of page.js; the last of its scripts, it starts the page.
const commands = {
  n: () => select(doc().spans.length ? (on + 1) % doc().spans.length : -1),
  b: () => select(doc().spans.length ? (on <= 0 ? doc().spans.length : on) - 1 : -1),
  v: () => { if (on >= 0 && !$("value-row").hidden) { $("value").focus(); $("value").select(); } },
  s: () => { const at = on >= 0 ? doc().spans[on].end : 0; on = -1; caret = { from: at, to: at }; draw(); },
  z: undo,
  "[": () => move(-1, 0), "]": () => move(1, 0), "{": () => move(0, -1), "}": () => move(0, 1),
  Delete: remove, Backspace: remove,
  Escape: () => { caret = null; window.getSelection().removeAllRanges(); select(-1); },
  PageUp: () => turn(-1), PageDown: () => turn(1),
};

function step(event) {
  const size = doc().chars.length;
  const to = Math.min(Math.max(caret.to + (event.key === "ArrowRight" ? 1 : -1), 0), size);
  caret = event.shiftKey ? { from: caret.from, to } : { from: to, to };
  draw();
}

document.addEventListener("keydown", (event) => {
  if (!ready) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); save(); return; }
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); finish("submitted"); return; }
  if (event.target.tagName === "INPUT") {
    if (event.target.id === "value" && (event.key === "Enter" || event.key === "Escape")) {
      event.preventDefault();
      setValue();
      $("text").focus();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (caret && (event.key === "ArrowRight" || event.key === "ArrowLeft")) { event.preventDefault(); step(event); return; }
  const command = commands[event.key] ?? (event.key === "Tab" && event.target.id === "text" && !event.shiftKey && on + 1 < doc().spans.length ? commands.n : null);
  if (command) { event.preventDefault(); command(); return; }
  const name = keys.get(event.key);
  if (name) { event.preventDefault(); apply(name); }
});

for (const label of data.labels) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.label = label.name;
  button.title = label.hint;
  button.style.setProperty("--c", label.color);
  button.append(`${label.zh} ${label.name} `);
  const kbd = document.createElement("kbd");
  kbd.textContent = label.hotkey;
  button.append(kbd);
  button.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the text's selection
  button.addEventListener("click", () => apply(label.name));
  $("labels").append(button);
}
for (const id of ["text", "spans"]) {
  $(id).addEventListener("click", (event) => {
    const place = event.target.closest("[data-span]");
    if (!selection()) select(place ? Number(place.dataset.span) : -1);
  });
}
$("value").addEventListener("change", setValue);
$("edit").addEventListener("submit", (event) => event.preventDefault());
$("delete").addEventListener("click", remove);
$("grow-left").addEventListener("click", () => move(-1, 0));
$("shrink-left").addEventListener("click", () => move(1, 0));
$("shrink-right").addEventListener("click", () => move(0, -1));
$("grow-right").addEventListener("click", () => move(0, 1));
$("previous").addEventListener("click", () => turn(-1));
$("next").addEventListener("click", () => turn(1));
$("skip").addEventListener("click", () => finish("skipped"));
$("submit").addEventListener("click", () => finish("submitted"));
$("save").addEventListener("click", save);
$("annotator").addEventListener("input", () => {
  if (ready) keepEntry("annotator", $("annotator").value, () => {});
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    doc().seconds += (Date.now() - since) / 1000;
    setValue();
  } else if (ready && kept) {
    takeNews().catch(noDrafts);
  }
  since = Date.now();
});
window.addEventListener("beforeunload", (event) => {
  setValue(); // a value that is being typed
  if (drafts.isWaiting() || (!kept && !saved)) event.preventDefault();
});
start();
