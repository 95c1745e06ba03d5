"use strict";
// The panel beside the map: images, key and all numbers of one point.

explorer.TrackPanel = class {
  constructor(place, description, keys) {
    Object.assign(this, { place, description, keys });
    this.folded = new Set(description.folded);
    this.asked = 0;
    this.show(-1);
  }

  // Show a point; a later call overtakes one whose data are still on their way.
  async show(row, isPinned = false) {
    this.row = row;
    this.asked += 1;
    const { asked } = this;
    if (row < 0) {
      this.place.replaceChildren(explorer.make("p", { className: "quiet" },
        "Point at a dot to see its images and numbers. Click to keep it",
        this.description.panels.length ? ` and to open its ${this.description.displayName}.` : "."));
      return;
    }
    const { rowsPerFile } = this.description;
    const rows = await explorer.rows(Math.floor(row / rowsPerFile));
    if (asked !== this.asked) return;
    const number = row % rowsPerFile;
    this.fill(row, rows.values[number], this.picturesOf(rows, number), isPinned);
  }

  fill(row, values, pictures, isPinned) {
    const { quantities, labels, labelColumn, unit, scale } = this.description;
    const label = labels[values[quantities.findIndex(({ name }) => name === labelColumn)]];
    const dot = explorer.make("span", { className: "dot" });
    dot.style.background = explorer.cssOf(explorer.onPage(label.colour));
    const head = explorer.make("div", { className: "head" }, dot, explorer.make("b", {}, label.text),
      explorer.make("span", { className: "state" }, isPinned ? "kept" : ""));
    const groups = [...new Set(quantities.map(({ group }) => group))];
    this.place.replaceChildren(
      head,
      explorer.make("code", { title: this.description.key.join(" / ") }, this.keys.text(row)),
      pictures,
      explorer.scaleOf(scale, unit),
      explorer.make("p", { className: "note" }, `The same scale for all images: linear below about ${
        scale.softening} ${unit}, logarithmic above.`),
      ...groups.map((group) => this.groupOf(group, values)).filter(Boolean),
    );
    this.place.dataset.key = this.keys.text(row);
  }

  // Both channels, and below them what the model made of them.
  picturesOf({ images, shape }, number) {
    const { channels, axes } = this.description;
    const [, count, size] = shape;
    const grid = explorer.make("div", { className: "pictures" }, explorer.make("span"),
      ...channels.map((name) => explorer.make("span", {}, name)));
    ["image", "reconstruction"].forEach((kind, line) => {
      grid.append(explorer.make("span", { className: "side" }, kind));
      channels.forEach((name, column) => {
        const start = (number * count + line * channels.length + column) * size * size;
        const canvas = explorer.make("canvas", { title: `${kind}, ${name}: ${axes[0]} →, ${axes[1]} ↑` });
        canvas.dataset.picture = `${kind} ${name}`;
        explorer.drawPicture(canvas, images.subarray(start, start + size * size), size);
        grid.append(canvas);
      });
    });
    return grid;
  }

  groupOf(group, values) {
    const rows = [];
    this.description.quantities.forEach((quantity, i) => {
      const value = values[i];
      if (quantity.group !== group || value === null) return;
      const shown = explorer.make("td", {}, typeof value === "number" ? explorer.number(value) : value);
      if (quantity.unit) shown.append(explorer.make("span", { className: "unit" }, ` ${quantity.unit}`));
      rows.push(explorer.make("tr", {}, explorer.make("td", {}, quantity.text), shown));
    });
    if (!rows.length) return null;
    const details = explorer.make("details", { open: !this.folded.has(group) },
      explorer.make("summary", {}, group), explorer.make("table", {}, ...rows));
    details.ontoggle = () => (details.open ? this.folded.delete(group) : this.folded.add(group));
    return details;
  }
};
