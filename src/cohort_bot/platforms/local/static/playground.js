// What forms and links cannot do by themselves: new posts appear, forms open as dialogs, commands complete.
// Without this script every form still works, as a whole page.

const byId = (id) => document.getElementById(id);
const FRAGMENT = { "X-Playground": "1" };
const line = byId("line");
const list = byId("suggestions");
const dialog = byId("dialog");

// ---- What changes by itself ----

let fetching = false;
let again = false;
let away = false;

async function refresh() {
  again = true;
  if (fetching) return;
  fetching = true;
  try {
    while (again) {
      again = false;
      const response = await fetch("/live" + location.search, { headers: FRAGMENT });
      if (response.ok) replace(new DOMParser().parseFromString(await response.text(), "text/html"));
    }
    if (away) say("");
    away = false;
  } catch {
    away = true; // the event stream connects again by itself, and its first event comes back here
    say("The bot does not answer. This page keeps trying.");
  } finally {
    fetching = false;
  }
}

function replace(fresh) {
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
  events.onmessage = refresh;
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

async function send(form, pressed) {
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  pressed?.setAttribute("aria-busy", "true");
  say("");
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
    if (response.status === 204) done(form);
    else if (response.ok) show(body);
    else say(response.status < 500 || response.status === 503 ? body : "Something went wrong here. Please try again.");
  } catch {
    say("The bot did not answer. Please try again: nothing is done twice.");
  } finally {
    delete form.dataset.busy;
    pressed?.removeAttribute("aria-busy");
  }
}

function done(form) {
  if (form.id === "composer") clear();
  if (dialog.contains(form)) dialog.close();
  form.closest("#to-date")?.removeAttribute("open");
  refresh();
}

function show(html) {
  clear();
  dialog.innerHTML = html;
  if (!dialog.open) dialog.showModal();
  const wrong = dialog.querySelector('[aria-invalid="true"]');
  (wrong?.matches("fieldset") ? wrong.querySelector("input") : wrong ?? dialog.querySelector(".field input, .field textarea"))?.focus();
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
  dialog.close();
});
if (dialog.open) { // came with the page, without the script's doing
  dialog.close();
  dialog.showModal();
}

// ---- The command box completes ----

let active = -1;
let asked;

line.addEventListener("input", complete);
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
  else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && items[active]) take(items[active]);
  else return;
  event.preventDefault();
});

async function complete() {
  asked?.abort();
  if (!line.value.startsWith("/")) return hide();
  asked = new AbortController();
  const query = new URLSearchParams(location.search);
  query.set("_line", line.value);
  try {
    const response = await fetch("/complete?" + query, { headers: FRAGMENT, signal: asked.signal });
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
  byId("status").textContent = found.length === 1 ? "1 suggestion" : found.length + " suggestions";
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

function menus() {
  return ".people[open], #to-date[open]" + (beside.matches ? "" : ", .tour[open]");
}

if (matchMedia("(hover: hover)").matches && !dialog.open) line.focus({ preventScroll: true });
document.querySelector("main").scrollIntoView(); // where the window is low, the top of the page scrolls away
for (const part of document.querySelectorAll("[data-live], #timeline > li")) part.source = part.outerHTML;

// The second click of a double click is no second press, also when the answer to the first was quicker.
document.addEventListener("click", (event) => {
  if (event.detail > 1 && event.target.closest('button[form="presses"]')) event.preventDefault();
}, true);
