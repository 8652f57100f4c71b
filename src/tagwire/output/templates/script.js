// Makes pages quicker, asks nobody for anything, and stores nothing. Without it, all is there but these comforts.
"use strict";

// ---------------------------------------------------------------- copy the address of a feed

for (const button of document.querySelectorAll("button[data-copy]")) {
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const address = new URL(button.dataset.copy, document.baseURI).href;
    if (!(await copied(address))) return;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = label), 2000);
  });
}

async function copied(text) {
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
    return done;
  }
}

// ---------------------------------------------------------------- narrow a topic by its tags

const MOST_CHIPS = 24;
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

  const chips = commonest(stories).map(([key, name, count]) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.dataset.key = key;
    chip.dataset.name = name;
    const number = document.createElement("span");
    number.className = "number";
    number.textContent = count;
    chip.append(name + " ", number);
    chip.addEventListener("click", () => {
      const before = wanted.get(key);
      if (before === undefined) wanted.set(key, true);
      else if (before) wanted.set(key, false);
      else wanted.delete(key);
      show();
    });
    return chip;
  });
  if (!chips.length) return;
  panel.querySelector(".chips").append(
    ...chips.map((chip) => {
      const item = document.createElement("li");
      item.append(chip);
      return item;
    }),
  );
  everything.addEventListener("click", () => {
    wanted.clear();
    show();
    chips[0].focus();
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
    for (const chip of chips) {
      const state = wanted.get(chip.dataset.key);
      chip.setAttribute("aria-pressed", state === undefined ? "false" : "true");
      chip.classList.toggle("not", state === false);
      const mood = state === false ? panel.dataset.exclude : panel.dataset.narrow;
      chip.setAttribute("aria-label", `${mood} ${chip.dataset.name}`);
    }
    everything.hidden = wanted.size === 0;
    const told = panel.dataset.showing.replace("{0}", count).replace("{1}", stories.length);
    status.textContent = wanted.size ? told : "";
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
