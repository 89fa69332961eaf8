// The pad: encodings, cursor, A and B on a plane of two dimensions.

const REACH = 14; // pixels from a handle that still take hold of it
const STEP = 0.1;

class Pad {
  /** changed: called after the state was changed here. */
  constructor(state, changed) {
    this.state = state;
    this.changed = changed;
    this.points = document.getElementById("points");
    this.marks = document.getElementById("marks");
    this.held = null; // "cursor", "a" or "b"
    this.marks.addEventListener("pointerdown", (event) => this.press(event));
    this.marks.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) this.marks.addEventListener(name, () => (this.held = null));
    this.marks.addEventListener("pointerleave", () => this.leave());
    this.marks.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.resize()).observe(this.marks);
  }

  /** Units of z are equally long both ways, and all encodings fit. */
  resize() {
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.points, this.marks]) {
      canvas.width = Math.round(canvas.clientWidth * ratio);
      canvas.height = Math.round(canvas.clientHeight * ratio);
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this.width = this.marks.clientWidth;
    this.height = this.marks.clientHeight;
    this.fit();
    this.paintPoints();
    this.paintMarks();
  }

  fit() {
    const { mu, count } = this.state.encodings;
    const dims = this.state.model.latentDim;
    const middle = [0, 0];
    const half = [3, 3];
    this.state.axes.forEach((axis, i) => {
      if (axis < 0 || !count) return;
      const values = Float32Array.from({ length: count }, (_, n) => mu[n * dims + axis]).sort();
      const low = Math.min(values[Math.floor(0.002 * count)], this.state.a[axis], this.state.b[axis]);
      const high = Math.max(values[Math.ceil(0.998 * count) - 1], this.state.a[axis], this.state.b[axis]);
      middle[i] = (low + high) / 2;
      half[i] = Math.max(0.5, 0.54 * (high - low));
    });
    this.unit = Math.min(this.width / (2 * half[0]), this.height / (2 * half[1])); // pixels
    this.middle = middle;
  }

  at(x, y) {
    return [
      this.width / 2 + (x - this.middle[0]) * this.unit,
      this.height / 2 - (y - this.middle[1]) * this.unit,
    ];
  }

  pixelOf(z) {
    return this.at(...this.state.axes.map((axis) => (axis < 0 ? 0 : z[axis])));
  }

  /** The cursor's z with the two dimensions of the pad taken from a place on it. */
  placeOf(event) {
    const box = this.marks.getBoundingClientRect();
    const plane = [
      this.middle[0] + (event.clientX - box.left - this.width / 2) / this.unit,
      this.middle[1] - (event.clientY - box.top - this.height / 2) / this.unit,
    ];
    const z = this.state.cursor.slice();
    this.state.axes.forEach((axis, i) => axis >= 0 && (z[axis] = plane[i]));
    return z;
  }

  handleAt(event) {
    const box = this.marks.getBoundingClientRect();
    return ["a", "b"].find((name) => {
      const [x, y] = this.pixelOf(this.state[name]);
      return Math.hypot(event.clientX - box.left - x, event.clientY - box.top - y) < REACH;
    });
  }

  press(event) {
    this.marks.setPointerCapture(event.pointerId);
    this.held = this.handleAt(event) || "cursor";
    this.move(event);
  }

  move(event) {
    const z = this.placeOf(event);
    if (this.held) {
      this.state[this.held] = z;
      this.state.hovered = null;
    } else if (event.pointerType === "mouse") {
      this.state.hovered = z;
      this.marks.style.cursor = this.handleAt(event) ? "grab" : "crosshair";
    }
    this.changed();
  }

  leave() {
    this.state.hovered = null;
    this.changed();
  }

  key(event) {
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [1, -1], ArrowUp: [1, 1] };
    const name = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (moves[event.key]) {
      const [i, sign] = moves[event.key];
      const axis = this.state.axes[i];
      if (axis >= 0) this.state.cursor[axis] += sign * STEP * (event.shiftKey ? 5 : 1);
    } else if (event.key === "Home") this.state.cursor.fill(0);
    else if (name === "a" || name === "b") this.state[name] = this.state.cursor.slice();
    else return;
    event.preventDefault();
    this.state.hovered = null;
    this.changed();
  }

  paintPoints() {
    const context = this.points.getContext("2d");
    const { mu, labels, count } = this.state.encodings;
    const dims = this.state.model.latentDim;
    const dark = document.documentElement.dataset.theme === "dark";
    context.fillStyle = color("--pad");
    context.fillRect(0, 0, this.width, this.height);
    this.paintGrid(context);
    context.globalAlpha = 0.75;
    const [across, up] = this.state.axes;
    for (let i = 0; i < count; i++) {
      const label = labels ? labels[i] : -1;
      if (this.state.hidden.has(label)) continue;
      const entry = this.state.model.classes[label];
      context.fillStyle = entry ? (dark ? entry.dark : entry.light) : color("--muted");
      // One dimension lies on a line: spread out so that each can be seen.
      const height = up < 0 ? ((i * 0.618) % 1) * 2 - 1 : mu[i * dims + up];
      const [x, y] = this.at(mu[i * dims + across], height);
      context.beginPath();
      context.arc(x, y, 2.1, 0, 7);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  paintGrid(context) {
    context.strokeStyle = color("--grid");
    context.fillStyle = color("--muted");
    context.font = "12px system-ui, sans-serif";
    const every = [0.5, 1, 2, 5, 10, 20, 50].find((step) => step * this.unit > 48) || 100;
    const reach = [this.width / 2 / this.unit, this.height / 2 / this.unit];
    for (const i of [0, 1]) {
      if (this.state.axes[i] < 0) continue;
      const first = Math.ceil((this.middle[i] - reach[i]) / every) * every;
      for (let value = first; value < this.middle[i] + reach[i]; value += every) {
        const [x, y] = i ? this.at(0, value) : this.at(value, 0);
        context.beginPath();
        context.moveTo(i ? 0 : x, i ? y : 0);
        context.lineTo(i ? this.width : x, i ? y : this.height);
        context.stroke();
        const text = String(value).replace("-", "−");
        if (i) context.fillText(text, 5, y - 4);
        else context.fillText(text, x + 4, this.height - 6);
      }
    }
  }

  paintMarks() {
    const context = this.marks.getContext("2d");
    context.clearRect(0, 0, this.width, this.height);
    const [a, b, cursor] = [this.state.a, this.state.b, this.state.cursor].map((z) => this.pixelOf(z));
    context.strokeStyle = color("--text");
    context.lineWidth = 1.5;
    context.setLineDash([5, 5]);
    context.beginPath();
    context.moveTo(...a);
    context.lineTo(...b);
    context.stroke();
    context.setLineDash([]);
    this.paintHandle(context, "A", a);
    this.paintHandle(context, "B", b);
    for (const [width, ink] of [[5, color("--pad")], [2, color("--text")]]) {
      context.lineWidth = width;
      context.strokeStyle = ink;
      context.beginPath();
      context.arc(...cursor, 8, 0, 7);
      context.stroke();
    }
  }

  paintHandle(context, letter, [x, y]) {
    context.fillStyle = color("--accent");
    context.strokeStyle = color("--pad");
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, 11, 0, 7);
    context.fill();
    context.stroke();
    context.fillStyle = color("--on-accent");
    context.font = "600 12px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(letter, x, y + 0.5);
    context.textAlign = "start";
    context.textBaseline = "alphabetic";
  }
}

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
