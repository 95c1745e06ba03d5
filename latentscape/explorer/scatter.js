"use strict";
// The map: points are stamped into the pixels of a canvas, which is quick without a GPU; rings,
// axes and selections are drawn on a second canvas above it.

const MARGIN = { left: 62, right: 12, top: 46, bottom: 38 };
const REACH = 14; // CSS pixels around the mouse in which a point is looked for
const CLICK = 4; // CSS pixels that the mouse may move in a click

explorer.Scatter = class {
  constructor(dots, overlay, { onPoint, onPick, onSelect, onKey }) {
    Object.assign(this, { dots, overlay, onPoint, onPick, onSelect, onKey });
    this.context = dots.getContext("2d", { alpha: false });
    this.above = overlay.getContext("2d");
    this.tool = "move";
    this.pointed = -1;
    this.pinned = -1;
    this.selected = null;
    this.path = [];
    new ResizeObserver(() => this.resize()).observe(overlay.parentElement);
    overlay.onpointerdown = (event) => this.press(event);
    overlay.onpointermove = (event) => this.move(event);
    overlay.onpointerup = (event) => this.release(event);
    overlay.onpointerleave = () => this.drag || this.point(-1);
    overlay.ondblclick = () => this.fit();
    overlay.onkeydown = (event) => this.key(event);
    overlay.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(Math.max(-0.4, Math.min(0.4, event.deltaY * 0.0016))), this.at(event));
    }, { passive: false });
  }

  // ---- what is shown

  setPlaces(x, y, names, hasNumbers) {
    Object.assign(this, { x, y, names, hasNumbers });
    if (this.order?.length !== x.length) this.order = explorer.scattered(x.length);
    this.range = { x: explorer.range(x), y: explorer.range(y) };
    this.grid = explorer.gridOf(x, y, this.range);
    this.fit();
  }

  setColours(colours) {
    this.colours = colours;
    this.draw();
  }

  setShown(shown) {
    this.shown = shown;
    this.draw();
  }

  setSelected(selected) {
    this.selected = selected;
    this.draw();
  }

  setPinned(row) {
    this.pinned = row;
    if (row >= 0) this.reveal(row);
    this.draw();
  }

  fit() {
    this.view = { x: [...this.range.x], y: [...this.range.y] };
    this.draw();
  }

  // Move the view so that a point lies in it.
  reveal(row) {
    for (const [axis, value] of [["x", this.x[row]], ["y", this.y[row]]]) {
      const [low, high] = this.view[axis];
      if (value < low || value > high) {
        this.view[axis] = [value - (high - low) / 2, value + (high - low) / 2];
      }
    }
  }

  // ---- places on the screen, in CSS pixels

  resize() {
    const { clientWidth, clientHeight } = this.overlay.parentElement;
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [this.dots, this.overlay]) {
      canvas.width = Math.round(clientWidth * this.ratio);
      canvas.height = Math.round(clientHeight * this.ratio);
    }
    this.width = clientWidth;
    this.height = clientHeight;
    this.image = null;
    if (this.view) this.drawNow();
  }

  at(event) {
    return [event.offsetX, event.offsetY];
  }

  get frame() {
    return {
      left: MARGIN.left, top: MARGIN.top,
      right: this.width - MARGIN.right, bottom: this.height - MARGIN.bottom,
    };
  }

  toScreen(x, y) {
    const { left, right, top, bottom } = this.frame;
    const { x: [x0, x1], y: [y0, y1] } = this.view;
    return [left + ((x - x0) / (x1 - x0)) * (right - left), bottom - ((y - y0) / (y1 - y0)) * (bottom - top)];
  }

  toData(px, py) {
    const { left, right, top, bottom } = this.frame;
    const { x: [x0, x1], y: [y0, y1] } = this.view;
    return [x0 + ((px - left) / (right - left)) * (x1 - x0), y0 + ((bottom - py) / (bottom - top)) * (y1 - y0)];
  }

  zoom(factor, [px, py] = [this.width / 2, this.height / 2]) {
    const centre = this.toData(px, py);
    ["x", "y"].forEach((axis, i) => {
      this.view[axis] = this.view[axis].map((end) => centre[i] + (end - centre[i]) * factor);
    });
    this.draw();
  }

  shift(dx, dy) {
    const { left, right, top, bottom } = this.frame;
    const step = { x: dx / (right - left), y: -dy / (bottom - top) };
    for (const axis of ["x", "y"]) {
      const [low, high] = this.view[axis];
      this.view[axis] = [low - step[axis] * (high - low), high - step[axis] * (high - low)];
    }
    this.draw();
  }

  // The point that is shown nearest to a place on the screen, or -1.
  nearest([px, py]) {
    const [x0, y0] = this.toData(px - REACH, py + REACH);
    const [x1, y1] = this.toData(px + REACH, py - REACH);
    let best = -1;
    let least = REACH * REACH;
    for (const row of this.grid.within(x0, x1, y0, y1)) {
      if (!this.shown[row]) continue;
      const [qx, qy] = this.toScreen(this.x[row], this.y[row]);
      const distance = (qx - px) ** 2 + (qy - py) ** 2;
      if (distance < least) [best, least] = [row, distance];
    }
    return best;
  }

  // ---- mouse and keyboard

  press(event) {
    if (event.button) return;
    this.overlay.setPointerCapture(event.pointerId);
    const at = this.at(event);
    this.drag = { start: at, last: at, tool: event.shiftKey ? "box" : this.tool };
    this.path = [at];
  }

  move(event) {
    const at = this.at(event);
    if (!this.drag) {
      this.point(this.nearest(at));
      return;
    }
    if (this.drag.tool === "move") {
      this.shift(at[0] - this.drag.last[0], at[1] - this.drag.last[1]);
    } else if (this.drag.tool === "lasso") {
      this.path.push(at);
    } else {
      const [px, py] = this.drag.start;
      this.path = [[px, py], [at[0], py], at, [px, at[1]]];
    }
    this.drag.last = at;
    this.drawAbove();
  }

  release(event) {
    if (!this.drag) return;
    const { start, last, tool } = this.drag;
    const isClick = Math.hypot(last[0] - start[0], last[1] - start[1]) < CLICK;
    this.drag = null;
    if (isClick) {
      const row = this.nearest(this.at(event));
      if (row >= 0) this.onPick(row);
    } else if (tool !== "move") {
      this.select();
    }
    this.path = [];
    this.drawAbove();
  }

  select() {
    const corners = this.path.map(([px, py]) => this.toData(px, py));
    const selected = new Uint8Array(this.x.length);
    for (let row = 0; row < selected.length; row += 1) {
      selected[row] = this.shown[row] && explorer.isInside(this.x[row], this.y[row], corners) ? 1 : 0;
    }
    this.onSelect(selected);
  }

  point(row) {
    if (row === this.pointed) return;
    this.pointed = row;
    this.drawAbove();
    this.onPoint(row);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 60;
    const actions = {
      ArrowLeft: () => this.shift(step, 0), ArrowRight: () => this.shift(-step, 0),
      ArrowUp: () => this.shift(0, step), ArrowDown: () => this.shift(0, -step),
      "+": () => this.zoom(0.8), "=": () => this.zoom(0.8), "-": () => this.zoom(1.25),
      0: () => this.fit(), Enter: () => this.pointed >= 0 && this.onPick(this.pointed),
    };
    const action = actions[event.key] ?? this.onKey(event.key.toLowerCase());
    if (!action) return;
    event.preventDefault();
    action();
  }

  // ---- drawing

  draw() {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => this.drawNow());
  }

  drawNow() {
    if (this.asked) cancelAnimationFrame(this.asked);
    this.asked = 0;
    if (!this.colours || !this.shown || !this.width) return;
    const start = performance.now();
    const { width, height } = this.dots;
    if (this.image?.width !== width || this.image?.height !== height) {
      this.image = this.context.createImageData(width, height);
    }
    const pixels = new Uint32Array(this.image.data.buffer);
    pixels.fill(explorer.packHex(explorer.css("--page")));
    if (this.selected) {
      this.stampAll(pixels, (row) => !this.selected[row], explorer.dimmed);
      this.stampAll(pixels, (row) => this.selected[row], null);
    } else {
      this.stampAll(pixels, null, null);
    }
    this.context.putImageData(this.image, 0, 0);
    this.drawAbove();
    this.frameTime = performance.now() - start;
  }

  // Radius of a point in CSS pixels: smaller where there are many, larger when zoomed in.
  get radius() {
    const whole = (this.range.x[1] - this.range.x[0]) / (this.view.x[1] - this.view.x[0]);
    const small = Math.max(1.1, Math.min(3.6, 160 / Math.sqrt(this.x.length)));
    return Math.min(7, small * Math.max(1, whole) ** 0.3);
  }

  stampAll(pixels, isWanted, recolour) {
    const { width } = this.dots;
    const sprite = explorer.disc(this.radius * this.ratio, width);
    const { left, right, top, bottom } = this.frame;
    const { x: [x0, x1], y: [y0, y1] } = this.view;
    const scaleX = ((right - left) / (x1 - x0)) * this.ratio;
    const scaleY = ((bottom - top) / (y1 - y0)) * this.ratio;
    const [first, last] = [left * this.ratio + sprite.reach, right * this.ratio - sprite.reach];
    const [high, low] = [top * this.ratio + sprite.reach, bottom * this.ratio - sprite.reach];
    const { x, y, order, shown, colours } = this;
    const [zeroX, zeroY] = [left * this.ratio - x0 * scaleX, bottom * this.ratio + y0 * scaleY];
    for (let i = 0; i < order.length; i += 1) {
      const row = order[i];
      if (!shown[row] || (isWanted && !isWanted(row))) continue;
      const px = Math.round(zeroX + x[row] * scaleX);
      const py = Math.round(zeroY - y[row] * scaleY);
      if (!(px >= first && px < last && py >= high && py < low)) continue;
      explorer.stamp(pixels, py * width + px, sprite, recolour ? recolour(colours[row]) : colours[row]);
    }
  }

  drawAbove() {
    const context = this.above;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    explorer.drawAxes(context, this.frame, this.view, this.names, this.hasNumbers);
    if (this.pinned >= 0) this.ring(this.pinned, 3);
    if (this.pointed >= 0) this.ring(this.pointed, 1.5);
    if (this.drag && this.drag.tool !== "move" && this.path.length > 1) {
      context.beginPath();
      this.path.forEach(([px, py]) => context.lineTo(px, py));
      context.closePath();
      context.strokeStyle = explorer.css("--accent");
      context.setLineDash([5, 4]);
      context.stroke();
      context.setLineDash([]);
      context.globalAlpha = 0.08;
      context.fillStyle = explorer.css("--accent");
      context.fill();
      context.globalAlpha = 1;
    }
  }

  ring(row, width) {
    const [px, py] = this.toScreen(this.x[row], this.y[row]);
    const { left, right, top, bottom } = this.frame;
    if (!(px >= left && px <= right && py >= top && py <= bottom)) return;
    this.above.beginPath();
    this.above.arc(px, py, this.radius + 4, 0, 2 * Math.PI);
    this.above.lineWidth = width;
    this.above.strokeStyle = explorer.css("--strong");
    this.above.stroke();
  }
};

// The same order for the same number of points, in which no label or key lies above another.
explorer.scattered = (count) => {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  let state = 12345;
  for (let i = count - 1; i > 0; i -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes' generator
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
};

explorer.range = (values) => {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low < high)) [low, high] = Number.isFinite(low) ? [low - 0.5, low + 0.5] : [0, 1];
  const edge = 0.04 * (high - low);
  return [low - edge, high + edge];
};

// Points sorted into the cells of a grid; within() yields those of the cells that a box touches.
explorer.gridOf = (x, y, range) => {
  const cells = Math.max(1, Math.min(256, Math.round(Math.sqrt(x.length / 2))));
  const cell = (value, [low, high]) =>
    Math.max(0, Math.min(cells - 1, Math.floor(((value - low) / (high - low)) * cells)));
  const starts = new Uint32Array(cells * cells + 1);
  const places = Int32Array.from(x, (value, i) => (Number.isNaN(value) || Number.isNaN(y[i])
    ? -1 : cell(y[i], range.y) * cells + cell(value, range.x)));
  for (const place of places) if (place >= 0) starts[place + 1] += 1;
  for (let i = 0; i < cells * cells; i += 1) starts[i + 1] += starts[i];
  const rows = new Uint32Array(starts[cells * cells]);
  const next = starts.slice();
  places.forEach((place, row) => {
    if (place < 0) return;
    rows[next[place]] = row;
    next[place] += 1;
  });
  return {
    * within(x0, x1, y0, y1) {
      const [left, right] = [cell(x0, range.x), cell(x1, range.x)];
      for (let line = cell(y0, range.y); line <= cell(y1, range.y); line += 1) {
        yield* rows.subarray(starts[line * cells + left], starts[line * cells + right + 1]);
      }
    },
  };
};

// A disc as offsets into the pixels: those that it covers, and its edge with their coverage.
explorer.disc = (radius, width) => {
  const reach = Math.ceil(radius);
  const [whole, edge, coverage] = [[], [], []];
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const covered = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(dx, dy)));
      if (covered > 0.95) whole.push(dy * width + dx);
      else if (covered > 0.05) {
        edge.push(dy * width + dx);
        coverage.push(Math.round(256 * covered));
      }
    }
  }
  return { reach, whole: Int32Array.from(whole), edge: Int32Array.from(edge), coverage: Uint16Array.from(coverage) };
};

explorer.stamp = (pixels, centre, { whole, edge, coverage }, colour) => {
  for (let i = 0; i < whole.length; i += 1) pixels[centre + whole[i]] = colour;
  const [red, green, blue] = [colour & 0xff, (colour >> 8) & 0xff, (colour >> 16) & 0xff];
  for (let i = 0; i < edge.length; i += 1) {
    const place = centre + edge[i];
    const below = pixels[place];
    const share = coverage[i];
    const rest = 256 - share;
    pixels[place] = 0xff000000
      | ((red * share + (below & 0xff) * rest) >> 8)
      | ((green * share + ((below >> 8) & 0xff) * rest) & 0xff00)
      | (((blue * share + ((below >> 16) & 0xff) * rest) << 8) & 0xff0000);
  }
};

// Whether a point lies in a polygon: a ray to the right crosses its border an odd number of times.
explorer.isInside = (x, y, corners) => {
  let inside = false;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i, i += 1) {
    const [[xi, yi], [xj, yj]] = [corners[i], corners[j]];
    if ((yi > y) !== (yj > y) && x < xi + ((y - yi) / (yj - yi)) * (xj - xi)) inside = !inside;
  }
  return inside;
};

// Frame, names and, where they mean something, the numbers of both axes.
explorer.drawAxes = (context, frame, view, names, hasNumbers) => {
  const { left, right, top, bottom } = frame;
  context.strokeStyle = explorer.css("--line");
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
  context.fillStyle = explorer.css("--quiet");
  context.font = '12px system-ui, "DejaVu Sans", sans-serif';
  context.textAlign = "center";
  context.textBaseline = "top";
  const place = (value, [low, high], from, to) => from + ((value - low) / (high - low)) * (to - from);
  if (hasNumbers[0]) {
    for (const step of explorer.roundSteps(...view.x, (right - left) / 90)) {
      const px = place(step, view.x, left, right);
      context.fillRect(px, bottom - 4, 1, 4);
      context.fillText(explorer.number(step), px, bottom + 3);
    }
  }
  context.fillStyle = explorer.css("--text");
  context.fillText(names[0], (left + right) / 2, bottom + 19);
  context.fillStyle = explorer.css("--quiet");
  context.textAlign = "right";
  context.textBaseline = "middle";
  if (hasNumbers[1]) {
    for (const step of explorer.roundSteps(...view.y, (bottom - top) / 60)) {
      const py = place(step, view.y, bottom, top);
      context.fillRect(left, py, 4, 1);
      context.fillText(explorer.number(step), left - 4, py);
    }
  }
  context.save();
  context.translate(10, (top + bottom) / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  context.fillStyle = explorer.css("--text");
  context.fillText(names[1], 0, 0);
  context.restore();
};
