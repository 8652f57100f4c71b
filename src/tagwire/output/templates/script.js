// Makes pages quicker, asks no other host for anything, and stores nothing. Without it, all is there but these comforts.
"use strict";

// ---------------------------------------------------------------- search, where a server answers it

const search = document.querySelector("form[data-served]");
if (search && location.protocol !== "file:") {
  fetch(search.action, { method: "HEAD" })
    .then((answer) => (search.hidden = !answer.ok))
    .catch(() => {}); // nobody there: it stays hidden
}

// ---------------------------------------------------------------- copy the address of a feed

for (const button of document.querySelectorAll("button[data-copy]")) {
  const label = button.textContent;
  const status = button.closest("details").querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const address = new URL(button.dataset.copy, document.baseURI).href;
    if (!(await copied(address, button))) return;
    button.textContent = status.textContent = button.dataset.copied;
    setTimeout(() => {
      button.textContent = label;
      status.textContent = "";
    }, 2000);
  });
}

async function copied(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https there is no clipboard for scripts: select a field and copy as people do.
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "hidden";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    button.focus();
    return done;
  }
}

// ---------------------------------------------------------------- wide tables scroll, with the keyboard too

for (const table of document.querySelectorAll(".content table")) {
  if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
}

// ---------------------------------------------------------------- narrow a topic by its tags

const FEW_CHIPS = 8;
const MOST_CHIPS = 40;
const panel = document.getElementById("narrow");
if (panel) narrow(panel);

function narrow(panel) {
  const stories = [...document.querySelectorAll(".story")].map((element) => ({
    element,
    tags: new Set(element.dataset.tags.split(" ").filter(Boolean)),
  }));
  const wanted = new Map(); // of a tag's key: true to narrow, false to exclude
  const status = panel.querySelector("[role=status]");
  const everything = panel.querySelector(".state button");
  const list = panel.querySelector(".chips");

  const chips = commonest(stories).map(([key, name, count]) => {
    const mood = element("span", "hidden", panel.dataset.narrow + " ");
    const chip = element("button", "", mood, name + " ", element("span", "number", count));
    chip.type = "button";
    chip.addEventListener("click", () => {
      const before = wanted.get(key);
      if (before === undefined) wanted.set(key, true);
      else if (before) wanted.set(key, false);
      else wanted.delete(key);
      show();
    });
    return { key, chip, mood };
  });
  if (!chips.length) return;
  list.append(...chips.map(({ chip }) => element("li", "", chip)));
  showFew([...list.children]);
  everything.addEventListener("click", () => {
    wanted.clear();
    show();
    chips[0].chip.focus();
  });
  panel.hidden = false;
  show();

  function show() {
    let count = 0;
    for (const story of stories) {
      const stays = [...wanted].every(([key, yes]) => story.tags.has(key) === yes);
      story.element.hidden = !stays;
      count += stays;
    }
    for (const day of document.querySelectorAll(".day")) {
      day.hidden = !day.querySelector(".story:not([hidden])");
    }
    for (const { key, chip, mood } of chips) {
      const state = wanted.get(key);
      chip.setAttribute("aria-pressed", String(state !== undefined));
      chip.classList.toggle("not", state === false);
      mood.textContent = (state === false ? panel.dataset.exclude : panel.dataset.narrow) + " ";
    }
    everything.hidden = wanted.size === 0;
    const told = panel.dataset.showing.replace("{0}", count).replace("{1}", stories.length);
    status.textContent = wanted.size ? told : "";
  }

  // The rarer tags wait behind a button: on a phone they would fill the screen before the first story.
  function showFew(items) {
    const rest = items.slice(FEW_CHIPS);
    if (rest.length < 2) return;
    for (const item of rest) item.hidden = true;
    const more = element("button", "more", panel.dataset.more.replace("{}", rest.length));
    more.type = "button";
    const last = element("li", "", more);
    list.append(last);
    more.addEventListener("click", () => {
      for (const item of rest) item.hidden = false;
      last.remove();
      rest[0].firstChild.focus();
    });
  }
}

// Tags that some stories carry and others do not: narrowing by what all or none carry changes nothing.
function commonest(stories) {
  const counts = new Map();
  for (const link of document.querySelectorAll(".story .tag")) {
    const [name, count] = counts.get(link.dataset.tag) ?? [link.textContent, 0];
    counts.set(link.dataset.tag, [name, count + 1]);
  }
  return [...counts]
    .map(([key, [name, count]]) => [key, name, count])
    .filter(([, , count]) => count < stories.length)
    .sort((one, other) => other[2] - one[2] || (one[1] < other[1] ? -1 : 1))
    .slice(0, MOST_CHIPS);
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}
