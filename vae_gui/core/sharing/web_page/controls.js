// What stands around the pad: legend, axes, sliders and the strip.

const FRAMES = 11;
const WALK_MS = 3000; // from A to B

function element(parent, tag, properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  parent.append(made);
  return made;
}

/** A button for each class, which shows or hides its encodings. */
function makeLegend(state, changed) {
  const place = document.getElementById("legend");
  if (!state.encodings.labels) return () => {};
  const spots = state.model.classes.map((entry, label) => {
    const button = element(place, "button", { type: "button", title: "Show or hide" });
    const spot = element(button, "i");
    element(button, "span", { textContent: entry.name });
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      const shown = state.hidden.delete(label);
      if (!shown) state.hidden.add(label);
      button.setAttribute("aria-pressed", String(shown));
      changed();
    });
    return [spot, entry];
  });
  return (dark) => spots.forEach(([spot, entry]) => (spot.style.background = dark ? entry.dark : entry.light));
}

/** Which dimensions the pad shows, where there are more than two. */
function makeAxes(state, changed) {
  if (state.model.latentDim <= 2) return;
  const place = document.getElementById("axes");
  state.axes.forEach((axis, i) => {
    element(place, "span", { className: "muted", textContent: i ? "up" : "across" });
    const box = element(place, "select");
    box.setAttribute("aria-label", i ? "Dimension up" : "Dimension across");
    for (let d = 0; d < state.model.latentDim; d++) element(box, "option", { value: d, textContent: `z${d + 1}` });
    box.value = axis;
    box.addEventListener("change", () => {
      const chosen = Number(box.value);
      const other = place.querySelectorAll("select")[1 - i];
      if (chosen === state.axes[1 - i]) [state.axes[1 - i], other.value] = [state.axes[i], state.axes[i]];
      state.axes[i] = chosen;
      changed();
    });
  });
}

/** A slider for each dimension; returns what brings them to the cursor. */
function makeSliders(state, changed) {
  const place = document.getElementById("sliders");
  const rows = Array.from(state.cursor, (_, d) => {
    const label = element(place, "label");
    element(label, "span", { textContent: `z${d + 1}` });
    const [low, high] = state.model.ranges[d];
    const slider = element(label, "input", { type: "range", min: low, max: high, step: 0.01 });
    const value = element(label, "span");
    slider.addEventListener("input", () => {
      state.cursor[d] = Number(slider.value);
      changed();
    });
    return [slider, value];
  });
  return () =>
    rows.forEach(([slider, value], d) => {
      slider.value = state.cursor[d];
      value.textContent = number(state.cursor[d]);
    });
}

/** The images from A to B; decoded again only where an end has moved. */
function makeStrip(state) {
  const place = document.getElementById("strip");
  const frames = Array.from({ length: FRAMES }, () => element(place, "canvas"));
  let last = "";
  return () => {
    const ends = [...state.a, ...state.b].join();
    if (ends === last) return;
    last = ends;
    frames.forEach((frame, i) => paintDigit(frame, state.decode(between(state.a, state.b, i / (FRAMES - 1)))));
  };
}

/** ▶ takes the cursor from A to B and back until it is pressed again, or until `stop` is called. */
function makeWalk(state, changed) {
  const button = document.getElementById("play");
  let began = null;
  const set = (time) => {
    began = time;
    button.textContent = time === null ? "▶" : "❚❚";
    button.setAttribute("aria-pressed", String(time !== null));
  };
  const walk = (now) => {
    if (began === null) return;
    const turn = ((now - began) / WALK_MS) % 2;
    state.cursor = between(state.a, state.b, turn < 1 ? turn : 2 - turn);
    state.hovered = null;
    changed();
    requestAnimationFrame(walk);
  };
  button.addEventListener("click", () => {
    set(began === null ? performance.now() : null);
    requestAnimationFrame(walk);
  });
  return { stop: () => set(null) };
}
