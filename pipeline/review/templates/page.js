"use strict";
// Positions in `state` are code points, as in the data; `units` and `points` translate to and from UTF-16 positions.
const data = JSON.parse(document.getElementById("data").textContent);
const labels = new Map(data.labels.map((label) => [label.name, label]));
const keys = new Map(data.labels.filter((label) => label.hotkey).map((label) => [label.hotkey, label.name]));
const storeName = "biaozhu " + data.title + " " + data.documents.map((item) => item.sha256).join("").slice(0, 64);
const $ = (id) => document.getElementById(id);

const documents = data.documents.map((item) => ({
  ...item,
  chars: Array.from(item.text),
  before: item.spans.map((span) => ({ ...span })),
  spans: item.spans.map((span) => ({ ...span })),
  status: "open",
  seconds: 0,
  updated_at: null,
}));
let current = 0;
let on = -1; // the span that is selected
let caret = null; // {from, to}: selection by keyboard
let history = [];
let since = Date.now();

const doc = () => documents[current];
const surface = (span) => doc().chars.slice(span.start, span.end).join("");
const sort = (spans) => spans.sort((a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : 1));
const say = (text) => { $("message").textContent = text; };

function change(edit) {
  history.push(JSON.stringify(doc().spans));
  edit();
  if (doc().status === "submitted") doc().status = "open";
  keep();
  draw();
}

function undo() {
  if (!history.length) return;
  doc().spans = JSON.parse(history.pop());
  on = -1;
  keep();
  draw();
}

function clash(candidate, except) {
  const layer = labels.get(candidate.label)?.layer;
  return doc().spans.find((span, i) => i !== except && labels.get(span.label)?.layer === layer
    && span.start < candidate.end && candidate.start < span.end);
}

function trimmed(from, to) {
  const chars = doc().chars;
  while (from < to && !chars[from].trim()) from += 1;
  while (to > from && !chars[to - 1].trim()) to -= 1;
  return [from, to];
}

function apply(name) {
  const picked = caret && caret.from !== caret.to
    ? [Math.min(caret.from, caret.to), Math.max(caret.from, caret.to)] : selection();
  if (picked) {
    const [start, end] = trimmed(...picked);
    if (start === end) return;
    const span = { start, end, label: name };
    const other = clash(span, -1);
    if (other) { say(`与 ${surface(other)} ${other.label} 重叠 overlaps`); return; }
    window.getSelection().removeAllRanges();
    caret = null;
    change(() => { doc().spans.push(span); sort(doc().spans); on = doc().spans.indexOf(span); });
    if (labels.get(name).value) { $("value").focus(); }
  } else if (on >= 0) {
    const span = { ...doc().spans[on], label: name };
    const other = clash(span, on);
    if (other) { say(`与 ${surface(other)} ${other.label} 重叠 overlaps`); return; }
    if (!labels.get(name).value) delete span.value;
    change(() => { doc().spans[on] = span; });
  }
}

function move(left, right) {
  if (on < 0) return;
  const span = { ...doc().spans[on], start: doc().spans[on].start + left, end: doc().spans[on].end + right };
  if (span.start < 0 || span.end > doc().chars.length || span.start >= span.end) return;
  const other = clash(span, on);
  if (other) { say(`与 ${surface(other)} ${other.label} 重叠 overlaps`); return; }
  change(() => { doc().spans[on] = span; });
}

function remove() {
  if (on >= 0) change(() => { doc().spans.splice(on, 1); on = -1; });
}

function setValue() {
  if (on < 0) return;
  const text = $("value").value.trim();
  if ((doc().spans[on].value ?? "") === text) return;
  change(() => { if (text) doc().spans[on].value = text; else delete doc().spans[on].value; });
}

// The selection made with the mouse, as code points; null if there is none inside the text.
function selection() {
  const found = window.getSelection();
  if (!found.rangeCount || found.isCollapsed) return null;
  const range = found.getRangeAt(0);
  if (!$("text").contains(range.startContainer) || !$("text").contains(range.endContainer)) return null;
  const head = document.createRange();
  head.selectNodeContents($("text"));
  head.setEnd(range.startContainer, range.startOffset);
  const from = Array.from(head.toString()).length;
  return [from, from + Array.from(range.toString()).length];
}

function draw() {
  const item = doc();
  const cuts = new Set([0, item.chars.length]);
  for (const span of item.spans) { cuts.add(span.start); cuts.add(span.end); }
  if (caret) { cuts.add(Math.min(caret.from, caret.to)); cuts.add(Math.max(caret.from, caret.to, caret.from + 1)); }
  const places = [...cuts].filter((cut) => cut <= item.chars.length).sort((a, b) => a - b);
  const parts = [];
  for (let i = 0; i + 1 < places.length; i += 1) {
    const [start, end] = [places[i], places[i + 1]];
    const piece = document.createElement("span");
    piece.textContent = item.chars.slice(start, end).join("");
    const covering = item.spans.filter((span) => span.start <= start && span.end >= end);
    if (covering.length) {
      const inner = covering[covering.length - 1];
      piece.className = "mark outer";
      piece.style.setProperty("--c", labels.get(inner.label)?.color ?? "#888");
      piece.title = covering.map((span) => `${span.label} ${span.value ?? ""}`).join(" / ");
      piece.dataset.span = item.spans.indexOf(inner);
      if (covering.includes(item.spans[on])) piece.classList.add("on");
    }
    if (caret && start >= Math.min(caret.from, caret.to) && end <= Math.max(caret.from, caret.to, caret.from + 1)) {
      piece.classList.add("caret");
    }
    parts.push(piece);
  }
  $("text").replaceChildren(...parts);
  $("spans").replaceChildren(...item.spans.map((span, i) => {
    const row = document.createElement("li");
    row.style.setProperty("--c", labels.get(span.label)?.color ?? "#888");
    row.className = i === on ? "on" : "";
    row.dataset.span = i;
    row.append(surface(span).replaceAll("\n", "⏎"), " ");
    const small = document.createElement("small");
    small.textContent = `${labels.get(span.label)?.zh ?? ""} ${span.label}${span.value ? " = " + span.value : ""}`;
    row.append(small);
    return row;
  }));
  const span = item.spans[on];
  $("edit").hidden = !span;
  if (span) {
    const label = labels.get(span.label);
    $("surface").textContent = surface(span).replaceAll("\n", "⏎") + " " + span.label;
    $("value-row").hidden = !label?.value;
    $("value").value = span.value ?? "";
    $("example").textContent = (label?.hint ?? "") + (label?.example ? "　" + label.example : "");
    $("spans").children[on].scrollIntoView({ block: "nearest" });
  }
  const done = documents.filter((entry) => entry.status === "submitted").length;
  const names = { open: "未提交 open", submitted: "已提交 submitted", skipped: "已跳过 skipped" };
  $("where").textContent = `${current + 1}/${documents.length} · ${item.id} · ${names[item.status]} · ${done} 篇已提交`;
}

function select(i) { on = i; caret = null; say(""); draw(); }

function turn(step) {
  doc().seconds += (Date.now() - since) / 1000;
  since = Date.now();
  current = Math.min(Math.max(current + step, 0), documents.length - 1);
  on = -1; caret = null; history = [];
  say("");
  draw();
  $("text").focus();
}

function finish(status) {
  setValue();
  doc().seconds += (Date.now() - since) / 1000;
  since = Date.now();
  doc().status = status;
  doc().updated_at = new Date().toISOString();
  keep();
  if (current + 1 < documents.length) turn(1); else draw();
}

function answers() {
  return {
    format: data.format,
    title: data.title,
    annotator: Number($("annotator").value),
    saved_at: new Date().toISOString(),
    documents: documents.map((item) => ({
      id: item.id, text: item.text, sha256: item.sha256, meta: item.meta, status: item.status,
      lead_time: Math.round(item.seconds * 10) / 10, updated_at: item.updated_at, before: item.before, spans: item.spans,
    })),
  };
}

function save() {
  setValue();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(answers(), null, 1)], { type: "application/json" }));
  link.download = `${data.title.replace(/[^\p{L}\p{N}._-]+/gu, "-")}-annotator-${$("annotator").value}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// The browser keeps the work too, where it may, so that closing the window loses nothing.
function keep() {
  try { localStorage.setItem(storeName, JSON.stringify(answers())); } catch (error) { say("浏览器不保存草稿 drafts are not kept: " + error.name); }
}

function restore() {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(storeName) ?? "null"); } catch (error) { return; }
  if (!kept) return;
  $("annotator").value = kept.annotator;
  for (const [i, item] of kept.documents.entries()) {
    if (documents[i]?.sha256 === item.sha256) {
      Object.assign(documents[i], { spans: item.spans, status: item.status, seconds: item.lead_time, updated_at: item.updated_at });
    }
  }
}

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
restore();
draw();
