// What forms and links cannot do by themselves: new posts appear, forms open as dialogs, commands complete.
// Without this script every form still works, as a whole page.

const byId = (id) => document.getElementById(id);
const FRAGMENT = { "X-Playground": "1" };
const line = byId("line");
const list = byId("suggestions");
const dialog = byId("dialog");
const scroller = document.querySelector(".scroll");
const unseen = byId("unseen");
const failures = { ...byId("alert").dataset }; // sentences come with the page
const query = new URLSearchParams(location.search);
const person = document.querySelector('#composer [name="_as"]').value;

// ---- What changes by itself ----

let running;
let again = false;
let settle = "";
let away = false;

// Resolves when the page shows what there was at the time of the call.
function refresh(more = "") {
  again = true;
  settle ||= more;
  return running ??= catchUp().finally(() => { running = undefined; });
}

async function catchUp() {
  try {
    while (again) {
      const address = "/live?" + query + settle;
      again = false;
      settle = "";
      const response = await fetch(address, { headers: FRAGMENT });
      const body = await response.text();
      await released();
      if (response.ok) replace(new DOMParser().parseFromString(body, "text/html"));
    }
    if (away) say("");
    away = false;
  } catch {
    away = true; // the event stream connects again by itself, and its first event comes back here
    say(failures.away);
  }
}

// A button that is replaced between its press and its release is never clicked.
async function released() {
  while (document.querySelector(":is(a, button, summary):active")) {
    await new Promise((resolve) => {
      for (const kind of ["pointerup", "pointercancel", "dragend", "keyup"]) addEventListener(kind, resolve, { once: true });
    });
    await new Promise((resolve) => setTimeout(resolve)); // the click comes after the release
  }
}

function replace(fresh) {
  const known = newest();
  const following = scroller.scrollTop > -8; // the list is reversed: its end is at 0
  for (const part of fresh.querySelectorAll("[data-live]")) {
    const old = byId(part.id);
    if (part.id === "timeline") renew(old, part);
    else if (old && old.source !== part.outerHTML) {
      // A menu that is open stays as it is: somebody is using it.
      if (old.querySelector("details[open]")) continue;
      const focused = old.contains(document.activeElement) && document.activeElement.id;
      part.source = part.outerHTML;
      old.replaceWith(part);
      if (focused) byId(focused)?.focus();
    }
  }
  if (!acting) arrived(posts().filter((post) => number(post) > known), following);
}

function posts() {
  return [...document.querySelectorAll("#timeline > li > article")];
}

function number(post) {
  return Number(post.dataset.messageId);
}

function newest() {
  return Math.max(0, ...posts().map(number));
}

// What came by itself: who reads at the end sees it from its top, nobody else is taken away from what they read.
function arrived(fresh, following) {
  if (!fresh.length) return;
  announce(fresh);
  if (!following) {
    unseen.hidden = false;
    unseen.target ??= fresh[0].id;
  } else if (fresh[0].getBoundingClientRect().top < scroller.getBoundingClientRect().top) {
    fresh[0].scrollIntoView();
  }
}

unseen.addEventListener("click", () => reveal(byId(unseen.target), true));
scroller.addEventListener("scroll", () => {
  if (scroller.scrollTop > -8) seen();
}, { passive: true });

function seen() {
  unseen.hidden = true;
  unseen.target = undefined;
}

// Keeps the element of every item that has not changed, so that focus, open threads and selections stay.
function renew(old, fresh) {
  const known = new Map([...old.children].map((item) => [item.dataset.key, item]));
  let at = old.firstElementChild;
  for (const item of [...fresh.children]) {
    let kept = known.get(item.dataset.key);
    known.delete(item.dataset.key);
    const source = item.outerHTML;
    if (!kept) {
      kept = item;
    } else if (kept.source !== source) {
      const open = [...kept.querySelectorAll("details[open]")].map((each) => each.id);
      const focused = stops(kept).indexOf(document.activeElement);
      if (at === kept) at = kept.nextElementSibling;
      kept.replaceWith(item);
      kept = item;
      for (const id of open) byId(id)?.setAttribute("open", "");
      stops(item)[focused]?.focus();
    }
    kept.source = source;
    if (at === kept) at = kept.nextElementSibling;
    else if (kept.parentNode !== old || kept.nextElementSibling !== at) old.insertBefore(kept, at); // moving loses focus
  }
  for (const gone of known.values()) {
    if (gone.contains(document.activeElement)) line.focus();
    gone.remove();
  }
}

function stops(item) {
  return [...item.querySelectorAll("a, button, summary, [tabindex]")];
}

let events;
function listen() {
  events?.close();
  events = undefined;
  if (document.visibilityState === "hidden") return; // a browser has few connections to give
  events = new EventSource("/events");
  events.onmessage = () => refresh();
}
document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", () => events?.close());
addEventListener("pageshow", listen);
setInterval(() => document.visibilityState === "visible" && refresh(), 30_000); // the clock's face, should it run

// ---- Forms are sent without leaving the page ----

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-send]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

let acting = 0;

async function send(form, pressed) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  pressed?.setAttribute("aria-busy", "true");
  acting += 1;
  say("");
  announce([]);
  try {
    const data = new FormData(form, pressed);
    const response = await fetch(form.getAttribute("action"), {
      method: "POST",
      headers: FRAGMENT,
      body: form.enctype === "multipart/form-data" ? data : new URLSearchParams(data),
    });
    const body = await response.text();
    // Answered: what comes next is a new act. When no answer came, the same id makes trying again safe.
    const id = form.querySelector('[name="_id"]');
    if (id) id.value = crypto.randomUUID();
    if (form.id === "composer") remember(line.value);
    if (response.status === 204) done(form, response.headers);
    else if (response.ok) show(body, form);
    else say(response.status < 500 || response.status === 503 ? body : failures.broken);
  } catch {
    say(failures.unanswered);
  } finally {
    acting -= 1;
    delete form.dataset.busy;
    pressed?.removeAttribute("aria-busy");
  }
}

async function done(form, headers) {
  const refused = headers.get("X-Playground") === "refused";
  const inDialog = dialog.contains(form);
  const fromPost = form.id === "presses" || (inDialog && dialog.fromPost);
  if (form.id === "composer") {
    if (!refused) clear();
    else if (document.activeElement === line) line.select(); // typing replaces it, an arrow key corrects it
  }
  if (inDialog) {
    if (!refused) dropDraft();
    dialog.close();
  }
  form.closest("#to-date")?.removeAttribute("open");
  const there = new URL(headers.get("Location"), location.href);
  // The first screen and pages of earlier messages do not show an answer.
  if (scroller.matches(".first") || query.has("_before")) return location.assign(there);
  const since = there.searchParams.get("_since");
  query.set("_since", since);
  acting += 1;
  await refresh();
  seen();
  const answer = there.hash && byId(there.hash.slice(1));
  if (answer) reveal(answer, fromPost);
  else intoView();
  const now = form.closest("#clock") ? [byId("clock").querySelector(".now")] : [];
  announce([...now, ...(answer ? [answer] : []), ...news()]);
  // What the act has caused elsewhere may come a moment later. The answer stays where it is.
  const known = [newest(), news().length];
  await refresh("&_settle=1");
  acting -= 1;
  if (query.get("_since") !== since) return; // there was another act meanwhile
  for (const link of document.querySelectorAll('#news a[href^="#"]')) openThreads(byId(link.hash.slice(1)));
  if (answer && newest() !== known[0]) reveal(answer);
  if (news().length !== known[1]) announce(news());
}

function news() {
  return [...document.querySelectorAll("#news li > *")];
}

// ---- What is new is seen, and said ----

function openThreads(target) {
  for (let thread = target?.closest("details.thread"); thread; thread = thread.parentElement.closest("details.thread")) {
    thread.open = true;
  }
}

// The top of a message comes into view. With `focus`, the next press of Tab goes on in it.
function reveal(target, focus = false) {
  openThreads(target);
  target.scrollIntoView();
  if (focus) target.focus({ preventScroll: true });
  if (unseen.target === target.id) seen();
}

// For a screen reader: the titles of messages, and the words of anything else.
function announce(parts) {
  byId("status").textContent = parts.map((part) => part.getAttribute("aria-label") ?? part.textContent.trim()).join(". ");
}

document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#m-"]');
  const target = link && byId(link.getAttribute("href").slice(1));
  if (!target) return;
  event.preventDefault();
  reveal(target, true);
});

// ---- Forms in the dialog ----

// `sent` is the form that this one answers. What was typed into a form is kept until it is sent or cancelled.
function show(html, sent) {
  const corrected = dialog.contains(sent);
  if (!corrected) dialog.fromPost = sent.id === "presses";
  if (sent.id === "composer") clear();
  dialog.innerHTML = html;
  if (!dialog.open) dialog.showModal();
  dialog.initial = corrected ? "" : typed();
  if (!corrected) restore();
  const wrong = dialog.querySelector('[aria-invalid="true"]');
  (wrong?.matches("fieldset") ? wrong.querySelector("input") : wrong ?? dialog.querySelector(".field input, .field textarea"))?.focus();
}

function draftKey() {
  const { _action, _args } = Object.fromEntries(new FormData(dialog.querySelector("form")));
  return `draft ${person} ${_action} ${_args}`;
}

function typed() {
  return JSON.stringify([...new FormData(dialog.querySelector("form"))]
    .filter(([name, value]) => !name.startsWith("_") && typeof value === "string")); // a file cannot be put back
}

function keepDraft() {
  if (!dialog.querySelector("form")) return;
  if (typed() === dialog.initial) sessionStorage.removeItem(draftKey());
  else sessionStorage.setItem(draftKey(), typed());
}

function dropDraft() {
  dialog.initial = typed();
}

function restore() {
  const kept = sessionStorage.getItem(draftKey());
  if (!kept) return;
  const values = JSON.parse(kept);
  for (const field of dialog.querySelectorAll(".field input, .field textarea")) {
    const own = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = own.includes(field.value);
    else if (own.length && field.type !== "file") field.value = own[0];
  }
  byId("restored").textContent = byId("restored").dataset.words;
}

function say(words) {
  let alert = byId("alert");
  if (dialog.open) {
    alert = dialog.querySelector(".alert") ?? document.createElement("p");
    alert.className = "alert";
    alert.setAttribute("role", "alert");
    if (words) dialog.querySelector("h2")?.after(alert);
  }
  alert.textContent = words;
  alert.hidden = !words;
}

dialog.addEventListener("click", (event) => {
  if (!event.target.closest("[data-close]")) return;
  event.preventDefault();
  dropDraft();
  dialog.close();
});
dialog.closedBy = "any"; // a click beside it is like Escape
dialog.addEventListener("close", keepDraft);
addEventListener("pagehide", () => dialog.open && keepDraft());
if (dialog.open) { // came with the page, without the script's doing
  dialog.close();
  dialog.showModal();
}

// ---- The command box completes ----

let active = -1;
let asked;

line.addEventListener("input", () => {
  place = lines.length;
  complete();
});
line.addEventListener("focus", complete);
line.addEventListener("blur", hide);
list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus in the box
list.addEventListener("click", (event) => {
  const item = event.target.closest("[role=option]");
  if (item) take(item);
});

line.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const items = [...list.children];
  if (event.key === "Escape" && !list.hidden) hide();
  else if (event.key === "ArrowDown" && !list.hidden) mark((active + 1) % items.length);
  else if (event.key === "ArrowUp" && !list.hidden) mark(active < 1 ? items.length - 1 : active - 1);
  else if (event.key === "ArrowUp" && place > 0) recall(place - 1);
  else if (event.key === "ArrowDown" && place < lines.length) recall(place + 1);
  else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && items[active]) take(items[active]);
  else return;
  event.preventDefault();
});

// The lines of this window, as a shell has them.
const HISTORY = `lines ${person}`;
const lines = JSON.parse(sessionStorage.getItem(HISTORY) ?? "[]");
let place = lines.length;
let unsent = "";

function remember(said) {
  if (lines.at(-1) !== said) lines.push(said);
  place = lines.length;
  sessionStorage.setItem(HISTORY, JSON.stringify(lines.slice(-50)));
}

function recall(wanted) {
  if (place === lines.length) unsent = line.value;
  place = wanted;
  line.value = lines[place] ?? unsent;
  line.setSelectionRange(line.value.length, line.value.length);
}

async function complete() {
  asked?.abort();
  if (!line.value.startsWith("/")) return hide();
  asked = new AbortController();
  const wanted = new URLSearchParams(query);
  wanted.set("_line", line.value);
  try {
    const response = await fetch("/complete?" + wanted, { headers: FRAGMENT, signal: asked.signal });
    if (response.ok) offer(await response.json());
  } catch {
    // a newer question was asked, or the bot is away: no suggestions
  }
}

function offer(found) {
  found = found.filter((each) => each.line !== line.value);
  if (!found.length || document.activeElement !== line) return hide();
  list.replaceChildren(...found.map((each, number) => {
    const item = document.createElement("li");
    item.id = "s-" + number;
    item.setAttribute("role", "option");
    item.dataset.line = each.line;
    const label = document.createElement("b");
    label.textContent = each.label;
    const detail = document.createElement("span");
    detail.textContent = each.detail;
    item.append(label, " ", detail);
    return item;
  }));
  list.hidden = false;
  line.setAttribute("aria-expanded", "true");
  byId("status").textContent = found.length === 1 ? list.dataset.one : list.dataset.many.replace("{n}", found.length);
  mark(-1);
}

function mark(number) {
  active = number;
  [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === number)));
  const item = list.children[number];
  if (!item) return line.removeAttribute("aria-activedescendant");
  line.setAttribute("aria-activedescendant", item.id);
  item.scrollIntoView({ block: "nearest" });
}

function take(item) {
  line.value = item.dataset.line;
  line.setSelectionRange(line.value.length, line.value.length);
  complete();
}

function hide() {
  asked?.abort();
  list.hidden = true;
  line.setAttribute("aria-expanded", "false");
  mark(-1);
}

function clear() {
  line.value = "";
  hide();
}

// ---- Small comforts ----

// Where there is room beside the messages, what to try is open until it is closed.
const tour = byId("tour");
const beside = matchMedia("(min-width: 860px)");
if (beside.matches) tour.open = sessionStorage.getItem("tour") !== "closed";
tour.addEventListener("toggle", () => beside.matches && sessionStorage.setItem("tour", tour.open ? "open" : "closed"));

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-fill]");
  if (chip) {
    event.preventDefault();
    line.value = chip.dataset.fill;
    line.focus();
    if (!beside.matches) tour.open = false;
  }
  for (const menu of document.querySelectorAll(menus())) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.activeElement.closest(menus());
  if (!menu) return;
  menu.removeAttribute("open");
  menu.querySelector("summary").focus();
});

// Where the window is low, the top of the page scrolls away; elsewhere nothing moves.
function intoView() {
  document.querySelector("main").scrollIntoView();
}

function menus() {
  return ".people[open], .language[open], #to-date[open]" + (beside.matches ? "" : ", .tour[open]");
}

if (matchMedia("(hover: hover)").matches && !dialog.open) line.focus({ preventScroll: true });
intoView();
// A link to a message that came elsewhere. The browser itself scrolls there once the page is loaded, so this comes after.
addEventListener("load", () => setTimeout(() => {
  const target = byId(location.hash.slice(1));
  if (target?.matches("article")) reveal(target, true);
}));
for (const part of document.querySelectorAll("[data-live], #timeline > li")) part.source = part.outerHTML;

// The second click of a double click is no second press, also when the answer to the first was quicker.
document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest('button[form="presses"]')) event.preventDefault();
}, true);
