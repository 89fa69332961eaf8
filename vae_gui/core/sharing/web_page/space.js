// What the page shows: a place in the latent space, two ends, and the encodings around them.

/** model: what `page.py` writes. Everything that the page draws follows from this state. */
function makeState(model) {
  const dims = model.latentDim;
  const start = (z) => Float64Array.from(z);
  return {
    model,
    decode: makeDecoder(model.layers, unpackHalves(model.weights)),
    encodings: unpackEncodings(model.encodings, dims),
    cursor: start(model.cursor),
    a: start(model.a),
    b: start(model.b),
    axes: model.axes,
    hovered: null, // under the pointer; null elsewhere
    hidden: new Set(), // classes
  };
}

/** -> { count, mu: Float32Array (count × dims), labels: Uint8Array | null }; int16 steps of `scale`. */
function unpackEncodings(packed, dims) {
  if (!packed) return { count: 0, mu: new Float32Array(0), labels: null };
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const steps = new DataView(bytes(packed.mu).buffer);
  const mu = new Float32Array(steps.byteLength / 2);
  for (let i = 0; i < mu.length; i++) mu[i] = steps.getInt16(2 * i, true) * packed.scale;
  return { count: mu.length / dims, mu, labels: packed.labels && bytes(packed.labels) };
}

/** The class of the nearest encoding that is shown; "" where there is none. */
function nearestClass(state, z) {
  const { count, mu, labels } = state.encodings;
  let best = Infinity;
  let found = -1;
  for (let i = 0; i < count; i++) {
    if (!labels || state.hidden.has(labels[i])) continue;
    let distance = 0;
    for (let d = 0; d < z.length; d++) distance += (mu[i * z.length + d] - z[d]) ** 2;
    if (distance < best) [best, found] = [distance, labels[i]];
  }
  return found < 0 ? "" : state.model.classes[found].name;
}

/** z between the ends; t from 0 (A) to 1 (B). */
const between = (a, b, t) => a.map((value, i) => value + t * (b[i] - value));

const number = (value) => value.toFixed(2).replace("-", "−");

/** Draws grey values (side × side) into a canvas of its own pixels. */
function paintDigit(canvas, grey) {
  const side = Math.round(Math.sqrt(grey.length));
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  for (let i = 0; i < grey.length; i++) image.data.set([grey[i], grey[i], grey[i], 255], 4 * i);
  context.putImageData(image, 0, 0);
}
