"use strict";
// The display of what a point belongs to (an event, say): every pixel of every panel.

const INSET = { left: 62, right: 12, top: 22, bottom: 38 };
const FREE = 0.12; // share of the view that is left free around what it is fitted to

explorer.Display = class {
  constructor(place, description, keys, { onTrack, onClose }) {
    Object.assign(this, { place, description, keys, onTrack, onClose });
    this.mode = "own";
    this.asked = 0;
    this.title = explorer.make("b");
    this.tracks = explorer.make("span");
    this.reading = explorer.make("div", { className: "reading" });
    this.scaleBox = explorer.make("div");
    this.panels = description.panels.map((panel, i) => new explorer.DisplayPanel(panel, i, this));
    place.append(
      explorer.make("div", { className: "head" }, this.title, this.tracks,
        explorer.make("span", { className: "gap" }), ...this.buttons()),
      explorer.make("div", { className: "panels" }, ...this.panels.map(({ box }) => box)),
      explorer.make("div", { className: "foot" }, this.reading, this.scaleBox),
    );
  }

  buttons() {
    const { pointName, groupName } = this.description;
    const button = (text, title, onclick) => explorer.make("button", { type: "button", title, onclick }, text);
    this.modes = {
      own: button(`This ${pointName}`, `Colour only this ${pointName} by value`, () => this.setMode("own")),
      groups: button(`${groupName}s`, `Colour every other ${groupName} too, each in its own`, () => this.setMode("groups")),
      all: button("Values", "Colour every pixel by its value", () => this.setMode("all")),
    };
    this.markMode();
    return [
      ...Object.values(this.modes),
      button("Fit", `Zoom to this ${pointName}`, () => this.fit(true)),
      button("Whole", "Show the panels whole", () => this.fit(false)),
      button("Enlarge", "Give the display the whole height", () => this.place.classList.toggle("whole")),
      button("×", "Close (Esc)", () => this.close()),
    ];
  }

  setMode(mode) {
    this.mode = mode;
    this.markMode();
    this.draw();
  }

  markMode() {
    for (const [mode, button] of Object.entries(this.modes)) button.setAttribute("aria-pressed", mode === this.mode);
  }

  close() {
    this.asked += 1;
    this.row = undefined;
    this.place.hidden = true;
    this.onClose();
  }

  async open(row) {
    const { displayName } = this.description;
    this.asked += 1;
    const { asked } = this;
    this.row = row;
    this.place.hidden = false;
    this.title.textContent = `${displayName} ${this.keys.displayText(row)}`;
    this.listTracks(row);
    if (this.keys.file[row] < 0) {
      this.pixels = null;
      this.reading.textContent = `The pixels of this ${displayName} are not stored here. `
        + "The folder of this page, in the results, has them.";
      this.draw();
      return;
    }
    const displays = await explorer.displays(this.keys.file[row]);
    const pixels = explorer.pixelsOf(await explorer.decode(displays[this.keys.place[row]]));
    const groups = await this.ownGroups(row);
    if (asked !== this.asked) return;
    Object.assign(this, { pixels, groups });
    const largest = pixels.value.reduce((a, b) => Math.max(a, b), 2);
    this.scale = { softening: Math.max(1, largest / 20), largest };
    this.say("");
    this.panels.forEach((panel) => panel.take(pixels));
    this.fit(true);
  }

  // The groups of pixels that are this point's own, one per panel.
  async ownGroups(row) {
    const { key, quantities, rowsPerFile, panels } = this.description;
    const { values } = await explorer.rows(Math.floor(row / rowsPerFile));
    return panels.map(({ group }) => (key.includes(group) ? this.keys.columns[group].numbers[row]
      : values[row % rowsPerFile][quantities.findIndex(({ name }) => name === group)]));
  }

  listTracks(row) {
    const { key, displayKey } = this.description;
    const others = this.keys.inDisplayOf(row);
    this.tracks.replaceChildren(...(others.length < 2 ? [] : others.map((other) => {
      const text = `${key.slice(displayKey.length).join(" ")} ${this.keys.ownText(other)}`;
      const button = explorer.make("button", { type: "button", onclick: () => this.onTrack(other) }, text);
      button.setAttribute("aria-pressed", other === row);
      return button;
    })));
  }

  // Fit the panels to the point's pixels; the vertical axis is the same in all of them.
  fit(toOwn) {
    if (!this.pixels) return;
    this.panels.forEach((panel) => panel.fit(toOwn));
    if (toOwn) {
      const low = Math.min(...this.panels.map(({ view }) => view.y[0]));
      const high = Math.max(...this.panels.map(({ view }) => view.y[1]));
      this.panels.forEach((panel) => { panel.view.y = [low, high]; });
    }
    this.draw();
  }

  share(y) {
    this.panels.forEach((panel) => { panel.view.y = [...y]; });
    this.draw();
  }

  draw() {
    if (this.pixels) this.scaleBox.replaceChildren(explorer.scaleOf(this.scale, this.description.unit));
    if (this.waiting || this.place.hidden) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.panels.forEach((panel) => panel.draw());
    });
  }

  say(text) {
    const count = this.pixels ? `${this.pixels.x.length.toLocaleString("en")} pixels. ` : "";
    this.reading.textContent = count + (text || "Wheel: zoom. Drag: move. Double click: whole.");
  }
};

// Columns of the pixels: panel, x, y, value (from its code) and group.
explorer.pixelsOf = (numbers) => {
  const count = numbers.length / 5;
  const part = (i) => numbers.subarray(i * count, (i + 1) * count);
  const value = Int32Array.from(part(3), (code) => Math.sign(code) * Math.round((code / 2) ** 2));
  return { panel: part(0), x: part(1), y: part(2), value, group: part(4) };
};

explorer.DisplayPanel = class {
  constructor(panel, number, display) {
    Object.assign(this, { panel, number, display });
    this.canvas = explorer.make("canvas", { tabIndex: 0 });
    this.canvas.setAttribute("aria-label", `Pixels: ${panel.name}`);
    this.box = explorer.make("div", { className: "panel" }, this.canvas);
    this.context = this.canvas.getContext("2d");
    this.rows = [];
    this.fit(false);
    new ResizeObserver(() => this.resize()).observe(this.box);
    this.canvas.onpointerdown = (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.last = [event.offsetX, event.offsetY];
    };
    this.canvas.onpointerup = () => { this.last = null; };
    this.canvas.onpointermove = (event) => this.move(event.offsetX, event.offsetY);
    this.canvas.ondblclick = () => this.display.fit(false);
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(Math.max(-0.4, Math.min(0.4, event.deltaY * 0.0016))), event.offsetX, event.offsetY);
    }, { passive: false });
  }

  take(pixels) {
    this.rows = [];
    this.at = new Map();
    pixels.panel.forEach((panel, row) => {
      if (panel !== this.number) return;
      this.rows.push(row);
      this.at.set(pixels.x[row] * 65536 + pixels.y[row], row);
    });
    // The point's own pixels are drawn last, above all others.
    this.rows.sort((a, b) => this.isOwn(a) - this.isOwn(b));
  }

  isOwn(row) {
    return this.display.pixels.group[row] === this.display.groups[this.number];
  }

  fit(toOwn) {
    const { columns, rows } = this.panel;
    this.view = { x: [-0.5, columns - 0.5], y: [-0.5, rows - 0.5] };
    const own = toOwn ? this.rows.filter((row) => this.isOwn(row)) : [];
    if (!own.length) return;
    const { x, y } = this.display.pixels;
    for (const [axis, values] of [["x", x], ["y", y]]) {
      const of = own.map((row) => values[row]);
      const [low, high] = [of.reduce((a, b) => Math.min(a, b)), of.reduce((a, b) => Math.max(a, b))];
      const free = Math.max(FREE * (high - low), axis === "x" ? 6 : 40);
      this.view[axis] = [low - free, high + free];
    }
  }

  resize() {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    [this.width, this.height] = [this.box.clientWidth, this.box.clientHeight];
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (this.width) this.draw();
  }

  get frame() {
    return { left: INSET.left, top: INSET.top, right: this.width - INSET.right, bottom: this.height - INSET.bottom };
  }

  toData(px, py) {
    const { left, right, top, bottom } = this.frame;
    const { x, y } = this.view;
    return [x[0] + ((px - left) / (right - left)) * (x[1] - x[0]), y[0] + ((bottom - py) / (bottom - top)) * (y[1] - y[0])];
  }

  zoom(factor, px, py) {
    const [x, y] = this.toData(px, py);
    this.view.x = this.view.x.map((end) => x + (end - x) * factor);
    this.display.share(this.view.y.map((end) => y + (end - y) * factor));
  }

  move(px, py) {
    const [x, y] = this.toData(px, py);
    if (this.last) {
      const [x0, y0] = this.toData(...this.last);
      this.view.x = this.view.x.map((end) => end - (x - x0));
      this.last = [px, py];
      this.display.share(this.view.y.map((end) => end - (y - y0)));
      return;
    }
    if (!this.display.pixels) return;
    const row = this.at.get(Math.round(x) * 65536 + Math.round(y));
    const { axes, unit } = this.display.description;
    const { value, group } = this.display.pixels;
    this.display.say(`${this.panel.name}: ${axes[0]} ${Math.round(x)}, ${axes[1]} ${Math.round(y)}${
      row === undefined ? "" : `, ${explorer.number(value[row])} ${unit}, ${this.display.description.groupName} ${group[row]}`}`);
  }

  draw() {
    const { context, frame, view } = this;
    context.clearRect(0, 0, this.width, this.height);
    context.font = '12px system-ui, "DejaVu Sans", sans-serif';
    context.fillStyle = explorer.css("--text");
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText(this.panel.name, frame.left, 3);
    if (this.display.pixels) this.drawPixels();
    explorer.drawAxes(context, frame, view, this.display.description.axes, [true, true]);
  }

  drawPixels() {
    const { context, view, frame } = this;
    const { x, y } = this.display.pixels;
    const scaleX = (frame.right - frame.left) / (view.x[1] - view.x[0]);
    const scaleY = (frame.bottom - frame.top) / (view.y[1] - view.y[0]);
    const [width, height] = [Math.max(1.3, scaleX), Math.max(1.3, scaleY)];
    const colourOf = this.colouring();
    context.save();
    context.beginPath();
    context.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    context.clip();
    let last = "";
    for (const row of this.rows) {
      if (x[row] < view.x[0] - 1 || x[row] > view.x[1] + 1 || y[row] < view.y[0] - 1 || y[row] > view.y[1] + 1) continue;
      const colour = colourOf(row);
      if (colour !== last) {
        context.fillStyle = colour;
        last = colour;
      }
      context.fillRect(frame.left + (x[row] - 0.5 - view.x[0]) * scaleX,
        frame.bottom - (y[row] + 0.5 - view.y[0]) * scaleY, width, height);
    }
    context.restore();
  }

  // How a pixel is coloured: by its value, by its group, or grey.
  colouring() {
    const { mode, pixels, scale, description } = this.display;
    const table = Array.from(explorer.signalTable(), explorer.cssOf);
    const byValue = (row) => table[Math.round(explorer.codeOfValue(Math.max(0, pixels.value[row]), scale))];
    const page = explorer.packHex(explorer.css("--page"));
    const grey = explorer.css("--missing");
    const pale = description.palette.map((hex) => explorer.cssOf(explorer.mix(explorer.onPage(hex), page, 0.45)));
    const byGroup = (row) => (pixels.group[row] < 0 ? grey : pale[pixels.group[row] % 6]);
    if (mode === "all") return byValue;
    if (mode === "groups") return (row) => (this.isOwn(row) ? byValue(row) : byGroup(row));
    return (row) => (this.isOwn(row) ? byValue(row) : grey);
  }
};
