// Decodes z to the mean of p(x|z): layer after layer, in float32.

/** weights: float16 in base64, little-endian -> Float32Array */
function unpackHalves(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const halves = new DataView(bytes.buffer);
  const values = new Float32Array(bytes.length / 2);
  for (let i = 0; i < values.length; i++) values[i] = halfToNumber(halves.getUint16(2 * i, true));
  return values;
}

function halfToNumber(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** erf to 1.2e-7 (Numerical Recipes, Chebyshev fit of erfc). */
function erf(x) {
  const t = 1 / (1 + 0.5 * Math.abs(x));
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806,
    0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277,
  ];
  let sum = 0;
  for (let i = terms.length - 1; i >= 0; i--) sum = sum * t + terms[i];
  const rest = t * Math.exp(-x * x + sum);
  return x >= 0 ? 1 - rest : rest - 1;
}

const gelu = (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2));

const LAYERS = {
  linear(x, layer, weights) {
    const y = new Float32Array(layer.outputs);
    let at = layer.weight;
    for (let i = 0; i < layer.outputs; i++) {
      let sum = weights[layer.bias + i];
      for (let j = 0; j < layer.inputs; j++) sum += weights[at++] * x[j];
      y[i] = sum;
    }
    return y;
  },
  residual(x, layer, weights) {
    return LAYERS.linear(x, layer, weights).map((value, i) => x[i] + gelu(value));
  },
  fourierFeatures(z, layer, weights) {
    const y = new Float32Array(layer.inputs + 2 * layer.count);
    y.set(z);
    for (let i = 0; i < layer.count; i++) {
      let phase = 0;
      for (let j = 0; j < layer.inputs; j++) phase += z[j] * weights[layer.weight + j * layer.count + i];
      y[layer.inputs + i] = Math.sin(phase);
      y[layer.inputs + layer.count + i] = Math.cos(phase);
    }
    return y;
  },
  transposedConvolution(x, layer, weights) {
    const [channels, height, width] = layer.input;
    const [filters, rows, columns] = layer.output;
    const { kernel, stride, padding } = layer;
    const y = new Float32Array(filters * rows * columns);
    for (let f = 0; f < filters; f++) y.fill(weights[layer.bias + f], f * rows * columns, (f + 1) * rows * columns);
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < height; i++)
        for (let j = 0; j < width; j++) {
          const value = x[(c * height + i) * width + j];
          if (value === 0) continue;
          for (let f = 0; f < filters; f++)
            for (let k = 0; k < kernel; k++) {
              const row = i * stride - padding + k;
              if (row < 0 || row >= rows) continue;
              const from = layer.weight + ((c * filters + f) * kernel + k) * kernel;
              const to = (f * rows + row) * columns;
              for (let l = 0; l < kernel; l++) {
                const column = j * stride - padding + l;
                if (column >= 0 && column < columns) y[to + column] += value * weights[from + l];
              }
            }
        }
    return y;
  },
  scaleAndShift(x, layer, weights) {
    const [, height, width] = layer.input;
    return x.map((value, i) => {
      const channel = Math.floor(i / (height * width));
      return value * weights[layer.scale + channel] + weights[layer.shift + channel];
    });
  },
  crop(x, layer) {
    const [, , width] = layer.input;
    const [, rows, columns] = layer.output;
    const y = new Float32Array(rows * columns);
    for (let i = 0; i < rows; i++) y.set(x.subarray(i * width, i * width + columns), i * columns);
    return y;
  },
  relu: (x) => x.map((value) => Math.max(0, value)),
  gelu: (x) => x.map(gelu),
  sigmoid: (x) => x.map((value) => 1 / (1 + Math.exp(-value))),
  continuousBernoulliMean: (x) =>
    x.map((value) => {
      if (Math.abs(value) < 0.1) return 0.5 + value / 12 - value ** 3 / 720;
      return 0.5 + 0.5 / Math.tanh(0.5 * value) - 1 / value;
    }),
};

/** z: an array of numbers -> grey values 0..255, side × side, row by row. */
function makeDecoder(layers, weights) {
  return (z) => {
    let x = Float32Array.from(z);
    for (const layer of layers) x = LAYERS[layer.kind](x, layer, weights);
    return Uint8ClampedArray.from(x, (value) => Math.round(255 * value));
  };
}
