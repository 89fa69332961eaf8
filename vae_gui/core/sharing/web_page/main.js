// Puts the page together; whatever changes is drawn once in the next frame.

const state = makeState(JSON.parse(document.getElementById("model").textContent));
const root = document.documentElement;
const digit = document.getElementById("digit");
let awaited = false;

function draw() {
  awaited = false;
  const z = state.hovered || state.cursor;
  paintDigit(digit, state.decode(z));
  const named = z.length > 4 ? state.axes : z.map((_, d) => d);
  document.getElementById("where").textContent = Array.from(named, (d) => `z${d + 1} ${number(z[d])}`).join(" · ");
  const near = nearestClass(state, z);
  document.getElementById("near").textContent =
    (state.hovered ? "Under the pointer" : "At the cursor") + (near ? ` · nearest encoding: ${near}` : "");
  pad.paintMarks();
  fillSliders();
  fillStrip();
}

function changed() {
  if (!awaited) requestAnimationFrame(draw);
  awaited = true;
}

function redrawn() {
  pad.fit();
  pad.paintPoints();
  changed();
}

function setTheme(name) {
  root.dataset.theme = name;
  colorLegend(name === "dark");
  redrawn();
}

const pad = new Pad(state, changed);
const colorLegend = makeLegend(state, redrawn);
makeAxes(state, redrawn);
const fillSliders = makeSliders(state, changed);
const fillStrip = makeStrip(state);
const walk = makeWalk(state, changed);
document.getElementById("marks").addEventListener("pointerdown", walk.stop);
document.getElementById("sliders").addEventListener("input", walk.stop);
document.getElementById("theme").addEventListener("click", () => setTheme(root.dataset.theme === "dark" ? "light" : "dark"));
const dark = window.matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));
pad.resize();
setTheme(dark.matches ? "dark" : "light");
