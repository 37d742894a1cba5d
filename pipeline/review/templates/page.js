"use strict";
// Positions in `state` are code points, as in the data; `units` and `points` translate to and from UTF-16 positions.
const data = JSON.parse(document.getElementById("data").textContent);
const labels = new Map(data.labels.map((label) => [label.name, label]));
const keys = new Map(data.labels.filter((label) => label.hotkey).map((label) => [label.hotkey, label.name]));
const $ = (id) => document.getElementById(id);

const documents = data.documents.map((item) => ({
  ...item,
  chars: Array.from(item.text),
  before: item.spans.map((span) => ({ ...span })),
  spans: item.spans.map((span) => ({ ...span })),
  status: "open",
  seconds: 0,
  updated_at: null,
  history: [], // earlier spans, as JSON, for undo
}));
let current = 0;
let on = -1; // the span that is selected
let filled = ""; // what the form of the selected span was filled for
let caret = null; // {from, to}: selection by keyboard
let since = Date.now(); // when the clock of the shown document was read last
let ready = false; // whether the drafts have been read; nothing is edited before
let kept = true; // whether the browser keeps drafts
let saved = true; // whether the last change is in a saved file

const doc = () => documents[current];
const surface = (span) => doc().chars.slice(span.start, span.end).join("");
const sort = (spans) => spans.sort((a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : 1));
const say = (text) => { $("message").textContent = text; };

function change(edit) {
  doc().history.push(JSON.stringify(doc().spans));
  edit();
  changed();
}

function undo() {
  if (!doc().history.length) return;
  doc().spans = JSON.parse(doc().history.pop());
  on = -1;
  changed();
}

function changed() {
  if (doc().status === "submitted") doc().status = "open";
  keep(current);
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
  // A value that is being typed stays as it is, with its spaces and the cursor in it.
  const form = span ? JSON.stringify([current, on, span.value]) : "";
  if (span && form !== filled && $("value").value.trim() !== (span.value ?? "")) $("value").value = span.value ?? "";
  filled = form;
  if (span) {
    const label = labels.get(span.label);
    $("surface").textContent = surface(span).replaceAll("\n", "⏎") + " " + span.label;
    $("value-row").hidden = !label?.value;
    $("example").textContent = (label?.hint ?? "") + (label?.example ? "　" + label.example : "");
    $("spans").children[on].scrollIntoView({ block: "nearest" });
  }
  const done = documents.filter((entry) => entry.status === "submitted").length;
  const names = { open: "未提交 open", submitted: "已提交 submitted", skipped: "已跳过 skipped" };
  $("where").textContent = `${current + 1}/${documents.length} · ${item.id} · ${names[item.status]} · ${done} 篇已提交`;
}

function select(i) { on = i; caret = null; say(""); draw(); }

// Time counts for the shown document while its window is in sight.
function clock() {
  if (!document.hidden) doc().seconds += (Date.now() - since) / 1000;
  since = Date.now();
}

function turn(step) {
  clock();
  current = Math.min(Math.max(current + step, 0), documents.length - 1);
  on = -1; caret = null;
  say("");
  draw();
  $("text").focus();
}

function finish(status) {
  setValue();
  doc().status = status;
  doc().updated_at = new Date().toISOString();
  keep(current);
  if (current + 1 < documents.length) turn(1); else draw();
}

function answers() {
  clock();
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
  if (!(Number($("annotator").value) >= 1)) {
    say("请先填标注人编号 fill in your annotator number first");
    $("annotator").focus();
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(answers(), null, 1)], { type: "application/json" }));
  link.download = `${data.title.replace(/[^\p{L}\p{N}._-]+/gu, "-")}-annotator-${$("annotator").value}.json`;
  link.click();
  saved = true;
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const drafts = openDrafts(data.page, () => takeNews().catch(noDrafts));

function noDrafts(error) {
  kept = false;
  $("draft").textContent = "草稿未存 no draft";
  say(`浏览器不存草稿，请常按“保存” the browser keeps no drafts, save often (${error?.name ?? error})`);
}

function keepEntry(entry, value, unseen) {
  saved = false;
  if (!kept) return;
  $("draft").textContent = "正在存草稿 keeping the draft …";
  drafts.keep(entry, value).then((other) => {
    if (other !== null) unseen(other);
    if (!drafts.isWaiting()) $("draft").textContent = "草稿已存 draft kept";
  }).catch(noDrafts);
}

function keep(i) {
  if (i === current) clock();
  const { spans, status, seconds, updated_at } = documents[i];
  keepEntry(String(i), { spans, status, seconds, updated_at }, (other) => {
    documents[i].history.push(JSON.stringify(other.spans));
    say(`另一窗口也改了第 ${i + 1} 篇，到该篇按 z 取回 another window changed document ${i + 1} too; z there brings its spans back`);
  });
}

// What was kept earlier or by another window; what it replaces here can be brought back by undo.
async function takeNews() {
  if (ready) setValue(); // one that is being typed: news of its document would close the form
  for (const [entry, value] of await drafts.news()) {
    if (entry === "annotator") { $("annotator").value = value; continue; }
    const item = documents[Number(entry)];
    if (ready && JSON.stringify(item.spans) !== JSON.stringify(value.spans)) {
      item.history.push(JSON.stringify(item.spans));
      if (item === doc()) on = -1;
    }
    Object.assign(item, value);
  }
  if (ready) draw();
}

async function start() {
  try {
    await drafts.open();
    await takeNews();
    $("draft").textContent = "草稿由浏览器保存 drafts are kept";
  } catch (error) {
    noDrafts(error);
  }
  current = Math.max(documents.findIndex((item) => item.status === "open"), 0);
  ready = true;
  $("work").inert = false;
  since = Date.now();
  draw();
}
