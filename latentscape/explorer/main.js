"use strict";
// Put the page together: read what the first view needs, and let the parts talk to each other.

const element = (id) => document.getElementById(id);

// The keys of all points, and where their displays are stored.
explorer.Keys = class {
  constructor(names, columns, file, place, displayLength) {
    Object.assign(this, { names, columns, file, place, displayLength });
    this.count = file.length;
  }

  // The key as sample/1/2/3/4.
  text(row) {
    return this.part(row, this.names);
  }

  // The part of the key that names the display, and what is left.
  displayText(row) {
    return this.part(row, this.names.slice(0, this.displayLength));
  }

  ownText(row) {
    return this.part(row, this.names.slice(this.displayLength));
  }

  part(row, names) {
    return names.map((name) => {
      const { numbers, levels, codes } = this.columns[name];
      return numbers ? numbers[row] : levels[codes[row]];
    }).join("/");
  }

  // The row of a key; of a shorter key, the first row that it begins.
  find(text) {
    this.rows ??= new Map(Array.from({ length: this.count }, (_, row) => [this.text(row), row]));
    const wanted = text.trim().replace(/^#/, "").split(/[\s/,]+/).join("/");
    if (this.rows.has(wanted)) return this.rows.get(wanted);
    for (const [key, row] of this.rows) if (key.startsWith(`${wanted}/`)) return row;
    return -1;
  }

  // Keys are sorted, so the points of one display lie beside each other.
  inDisplayOf(row) {
    const display = this.displayText(row);
    let [first, last] = [row, row];
    while (first > 0 && this.displayText(first - 1) === display) first -= 1;
    while (last + 1 < this.count && this.displayText(last + 1) === display) last += 1;
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }
};

explorer.App = class {
  async start() {
    this.setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    explorer.canReload = !explorer.received.has("keys");
    this.description = await explorer.load("description");
    explorer.tables = {};
    for (const [name, table] of Object.entries(this.description.colours)) {
      explorer.tables[name] = explorer.table(await explorer.decode(table));
    }
    await this.loadKeys();
    [this.xName, this.yName, this.colourName] = this.description.start;
    this.labelColumn = await explorer.column(this.description.labelColumn);
    this.hidden = new Set();
    this.hiddenLevels = new Set();
    this.name();
    this.build();
    await Promise.all([this.place(), this.colour()]);
    this.followLink();
  }

  async loadKeys() {
    const { key, displayKey } = this.description;
    const { columns, file, place } = await explorer.load("keys");
    const decoded = {};
    for (const name of key) decoded[name] = await explorer.decodeColumn(columns[name]);
    this.keys = new explorer.Keys(key, decoded, await explorer.decode(file), await explorer.decode(place), displayKey.length);
  }

  name() {
    const { title, subtitle, points, drawnFrom, key, displayName } = this.description;
    const of = drawnFrom ? ` of ${drawnFrom.toLocaleString("en")}` : "";
    document.title = `${title}: ${subtitle}`;
    element("title").textContent = title;
    element("subtitle").textContent = `${subtitle} · ${points.toLocaleString("en")}${of} points`;
    element("key").placeholder = key.join("/");
    document.querySelectorAll(".display-name").forEach((span) => { span.textContent = displayName; });
  }

  build() {
    this.scatter = new explorer.Scatter(element("dots"), element("overlay"), {
      onPoint: (row) => this.show(row), onPick: (row) => this.pin(row),
      onSelect: (selected) => this.select(selected), onKey: (key) => this.action(key),
    });
    this.panel = new explorer.TrackPanel(element("track"), this.description, this.keys);
    if (this.description.panels.length) {
      this.display = new explorer.Display(element("display"), this.description, this.keys, {
        onTrack: (row) => this.pin(row), onClose: () => element("overlay").focus(),
      });
    }
    const options = this.description.quantities.map(({ name, text, unit, group, isText }) =>
      ({ name, text: explorer.withUnit(text, unit), group, isText }));
    const numbers = options.filter(({ isText }) => !isText);
    const picker = (id, name, of, chosen, onChoose) =>
      new explorer.Picker(element(id), { name, options: of, chosen, onChoose });
    picker("pick-x", "horizontal axis", numbers, this.xName, (name) => { this.xName = name; this.place(); });
    picker("pick-y", "vertical axis", numbers, this.yName, (name) => { this.yName = name; this.place(); });
    picker("pick-colour", "colour", options, this.colourName, (name) => {
      this.colourName = name;
      this.hiddenLevels.clear();
      this.colour();
    });
    this.listen();
  }

  listen() {
    element("theme").onclick = () => {
      this.setTheme(explorer.isDark() ? "light" : "dark");
      this.colour();
      this.panel.show(this.panel.row, this.panel.row === this.scatter.pinned);
      this.display?.draw();
    };
    element("help").onclick = () => {
      element("help-text").hidden = !element("help-text").hidden;
      element("help").setAttribute("aria-expanded", !element("help-text").hidden);
    };
    element("search").onsubmit = (event) => {
      event.preventDefault();
      this.find(element("key").value);
    };
    element("all-labels").onclick = () => { this.hidden.clear(); this.listLabels(); this.filter(); };
    element("zoom-in").onclick = () => this.scatter.zoom(0.7);
    element("zoom-out").onclick = () => this.scatter.zoom(1 / 0.7);
    element("zoom-all").onclick = () => this.scatter.fit();
    element("clear").onclick = () => this.select(null);
    element("export").onclick = () => this.exportCsv();
    document.querySelectorAll("[data-tool]").forEach((button) => {
      button.onclick = () => this.setTool(button.dataset.tool);
    });
    window.addEventListener("hashchange", () => this.followLink());
    document.addEventListener("keydown", (event) => {
      if (event.target.matches("input")) return;
      if (event.key === "Escape") this.escape();
      if (event.key === "/") { event.preventDefault(); element("key").focus(); }
    });
  }

  action(key) {
    return {
      m: () => this.setTool("move"), b: () => this.setTool("box"), l: () => this.setTool("lasso"),
      n: () => this.step(1), p: () => this.step(-1),
    }[key];
  }

  setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    element("theme").textContent = theme === "dark" ? "Light" : "Dark";
  }

  setTool(tool) {
    this.scatter.tool = tool;
    element("overlay").classList.toggle("selecting", tool !== "move");
    document.querySelectorAll("[data-tool]").forEach((button) =>
      button.setAttribute("aria-pressed", button.dataset.tool === tool));
  }

  escape() {
    if (this.display && !element("display").hidden) this.display.close();
    else if (this.scatter.selected) this.select(null);
    else this.unpin();
  }

  // ---- axes, colours, filters

  quantity(name) {
    return this.description.quantities.find((quantity) => quantity.name === name);
  }

  async place() {
    const [xName, yName] = [this.xName, this.yName];
    const [x, y] = await Promise.all([explorer.column(xName), explorer.column(yName)]);
    if (xName !== this.xName || yName !== this.yName) return;
    const both = [this.quantity(xName), this.quantity(yName)];
    this.scatter.setPlaces(x.numbers, y.numbers, both.map(({ text, unit }) => explorer.withUnit(text, unit)),
      both.map(({ group }) => group !== this.quantity(this.description.start[0]).group));
    this.filter();
  }

  async colour() {
    const name = this.colourName;
    const column = await explorer.column(name);
    if (name !== this.colourName) return;
    this.column = column;
    this.filter();
    this.recolour();
    this.listLabels();
  }

  recolour() {
    const { labels, labelColumn, palette } = this.description;
    const { numbers, levels, codes } = this.column;
    if (numbers) {
      const [low, high] = explorer.robustRange(numbers, this.shown);
      this.colourScale = { low, high, isLog: this.isLog && low > 0 };
      this.scatter.setColours(explorer.colourNumbers(numbers, this.colourScale));
      this.drawLegendBar();
    } else {
      const ofLevels = explorer.levelColours(levels, this.colourName === labelColumn ? labels : null, palette);
      this.scatter.setColours(explorer.colourCodes(codes, ofLevels));
      this.drawLegendLevels(ofLevels);
    }
  }

  // Which points are shown: not those of hidden samples or levels, nor those without a place.
  filter() {
    const { codes, levels } = this.labelColumn;
    const isHidden = levels.map((level) => this.hidden.has(level));
    const shown = new Uint8Array(this.keys.count);
    let missing = 0;
    for (let row = 0; row < shown.length; row += 1) {
      const { x, y } = this.scatter;
      shown[row] = !isHidden[codes[row]] && !(this.column?.codes && this.hiddenLevels.has(this.column.codes[row])) ? 1 : 0;
      if (shown[row] && x && (Number.isNaN(x[row]) || Number.isNaN(y[row]))) {
        shown[row] = 0;
        missing += 1;
      }
    }
    this.shown = shown;
    this.scatter.setShown(shown);
    element("missing").textContent = missing
      ? `${missing.toLocaleString("en")} points have no value on these axes.` : "";
    this.count();
  }

  entry({ text, colour, count, isShown, onclick }) {
    const dot = explorer.make("span", { className: "dot" });
    dot.style.background = colour;
    const button = explorer.make("button", { type: "button", className: "entry", onclick, title: text }, dot,
      explorer.make("span", { className: "name" }, text),
      explorer.make("span", { className: "count" }, count.toLocaleString("en")));
    button.setAttribute("aria-pressed", isShown);
    return button;
  }

  listLabels() {
    const { labels, labelColumn } = this.description;
    const { levels, codes } = this.labelColumn;
    const counts = explorer.countCodes(codes, levels.length);
    const grey = explorer.css("--missing");
    element("labels").replaceChildren(...levels.map((level, i) => this.entry({
      text: labels[level].text, count: counts[i], isShown: !this.hidden.has(level),
      colour: this.colourName === labelColumn ? explorer.cssOf(explorer.onPage(labels[level].colour)) : grey,
      onclick: () => {
        if (!this.hidden.delete(level)) this.hidden.add(level);
        this.listLabels();
        this.filter();
      },
    })));
  }

  drawLegendLevels(ofLevels) {
    const { levels, codes } = this.column;
    const legend = element("colour-legend");
    if (this.colourName === this.description.labelColumn) {
      legend.replaceChildren();
      return;
    }
    const counts = explorer.countCodes(codes, levels.length);
    const entries = levels.map((level, i) => this.entry({
      text: level, count: counts[i], isShown: !this.hiddenLevels.has(i), colour: explorer.cssOf(ofLevels[i]),
      onclick: () => {
        if (!this.hiddenLevels.delete(i)) this.hiddenLevels.add(i);
        this.filter();
        this.drawLegendLevels(ofLevels);
      },
    }));
    legend.replaceChildren(...entries.slice(0, 24));
    const missing = codes.length - counts.reduce((sum, number) => sum + number, 0);
    if (missing) legend.append(explorer.make("p", { className: "note" }, `${missing.toLocaleString("en")} without a value: grey`));
  }

  // The colour bar, with a histogram of the points that are shown above it.
  drawLegendBar() {
    const { low, high, isLog } = this.colourScale;
    const canvas = explorer.make("canvas", { width: 440, height: 96 });
    explorer.drawHistogram(canvas, explorer.histogram(this.column.numbers, this.shown, this.colourScale));
    const missing = this.column.numbers.reduce((sum, value) => sum + Number.isNaN(value), 0);
    const box = explorer.make("input", { type: "checkbox", checked: isLog, disabled: low <= 0 });
    box.onchange = () => { this.isLog = box.checked; this.recolour(); };
    const middle = isLog ? Math.sqrt(low * high) : (low + high) / 2;
    element("colour-legend").replaceChildren(explorer.make("div", { className: "bar" }, canvas,
      explorer.make("div", { className: "ends" }, ...[low, middle, high].map((end) =>
        explorer.make("span", {}, explorer.number(Number(end.toPrecision(3)))))),
      explorer.make("label", {}, box, "logarithmic")));
    if (missing) {
      element("colour-legend").append(explorer.make("p", { className: "note" },
        `${missing.toLocaleString("en")} without a value: grey`));
    }
  }

  // ---- one point

  show(row) {
    const shown = row >= 0 ? row : this.scatter.pinned;
    this.panel.show(shown, shown === this.scatter.pinned);
  }

  pin(row) {
    this.scatter.setPinned(row);
    this.show(row);
    this.display?.open(row);
    const link = `#${this.keys.text(row)}`;
    if (explorer.linked() !== this.keys.text(row)) location.hash = link;
  }

  unpin() {
    this.scatter.setPinned(-1);
    this.show(-1);
  }

  // Go to the next point by key that is shown.
  step(by) {
    let row = this.scatter.pinned >= 0 ? this.scatter.pinned : this.scatter.pointed;
    for (let tried = 0; tried < this.keys.count; tried += 1) {
      row = (row + by + this.keys.count) % this.keys.count;
      if (this.shown[row]) break;
    }
    this.pin(row);
  }

  find(text) {
    const row = text.trim() ? this.keys.find(text) : -1;
    element("search-answer").textContent = row < 0 ? "no such key" : "";
    if (row >= 0) this.pin(row);
  }

  followLink() {
    const text = explorer.linked();
    if (text && this.keys.find(text) !== this.scatter.pinned) this.find(text);
  }

  // ---- selections

  select(selected) {
    this.scatter.setSelected(selected);
    this.count();
  }

  // How many points of each sample are selected and shown.
  count() {
    const { selected } = this.scatter;
    const { levels, codes } = this.labelColumn;
    const chosen = new Uint32Array(levels.length);
    codes.forEach((code, row) => { if (selected?.[row] && this.shown[row]) chosen[code] += 1; });
    const sum = chosen.reduce((a, b) => a + b, 0);
    element("counts").replaceChildren(selected ? this.countTable(chosen, sum)
      : explorer.make("span", { className: "quiet" }, "None. Choose the box or the lasso, or drag with Shift."));
    element("export").disabled = !sum;
    element("clear").disabled = !selected;
  }

  countTable(chosen, sum) {
    const { levels, codes } = this.labelColumn;
    const { labels } = this.description;
    const total = explorer.countCodes(codes, levels.length);
    const line = (...cells) => explorer.make("tr", {}, ...cells.map((cell) => explorer.make("td", {}, cell)));
    const bold = (text) => explorer.make("b", {}, text);
    return explorer.make("table", {}, line(bold("all"), bold(sum.toLocaleString("en"))),
      ...levels.map((level, i) => line(labels[level].text,
        `${chosen[i].toLocaleString("en")} (${((100 * chosen[i]) / total[i]).toFixed(1)} %)`)));
  }

  // The selected keys with the three quantities that are shown.
  async exportCsv() {
    const names = [...new Set([this.xName, this.yName, this.colourName])]
      .filter((name) => !this.description.key.includes(name));
    const columns = await Promise.all(names.map((name) => explorer.column(name)));
    const lines = [[...this.description.key, ...names].join(",")];
    for (let row = 0; row < this.keys.count; row += 1) {
      if (!this.scatter.selected[row] || !this.shown[row]) continue;
      const values = columns.map((column) => explorer.csvCell(column, row));
      lines.push([...this.keys.text(row).split("/"), ...values].join(","));
    }
    const url = URL.createObjectURL(new Blob([`${lines.join("\n")}\n`], { type: "text/csv" }));
    explorer.make("a", { href: url, download: "selection.csv" }).click();
    URL.revokeObjectURL(url);
  }
};

explorer.countCodes = (codes, levels) => {
  const counts = new Uint32Array(levels);
  for (const code of codes) if (code >= 0) counts[code] += 1;
  return Array.from(counts);
};

// A value of a column as CSV: empty where missing, texts in quotes.
explorer.csvCell = ({ numbers, levels, codes }, row) => {
  if (!numbers) return `"${(levels[codes[row]] ?? "").replaceAll('"', '""')}"`;
  return Number.isNaN(numbers[row]) ? "" : Number(numbers[row].toPrecision(4));
};

// The key in the address, empty if there is none or it was cut off within a letter.
explorer.linked = () => {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch (error) {
    if (error instanceof URIError) return "";
    throw error;
  }
};

explorer.app = new explorer.App();
explorer.ready = explorer.app.start();
