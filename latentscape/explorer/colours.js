"use strict";
// Colours as 32-bit numbers (alpha, blue, green, red), as a canvas stores them.

const OTHERS = "#8a929e";
const DIMMED = 0.82;

explorer.isDark = () => document.documentElement.dataset.theme === "dark";

explorer.css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

explorer.pack = (red, green, blue) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

explorer.packHex = (hex) => {
  const number = parseInt(hex.slice(1), 16);
  return explorer.pack(number >> 16, (number >> 8) & 255, number & 255);
};

explorer.mix = (colour, other, share) => {
  let mixed = 255 << 24;
  for (const shift of [0, 8, 16]) {
    const from = (colour >>> shift) & 255;
    mixed |= Math.round(from + (((other >>> shift) & 255) - from) * share) << shift;
  }
  return mixed >>> 0;
};

explorer.cssOf = (colour) =>
  `rgb(${colour & 255} ${(colour >>> 8) & 255} ${(colour >>> 16) & 255})`;

// A label's colour is made lighter on a dark page, so that blue stays visible.
explorer.onPage = (hex) => {
  const colour = explorer.packHex(hex);
  return explorer.isDark() ? explorer.mix(colour, 0xffffffff, 0.22) : colour;
};

explorer.table = (triples) => {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i += 1) {
    table[i] = explorer.pack(triples[3 * i], triples[3 * i + 1], triples[3 * i + 2]);
  }
  return table;
};

explorer.signalTable = () => (explorer.isDark() ? explorer.tables.signalOnDark : explorer.tables.signal);

// The range that holds nearly all values of the points that are shown.
explorer.robustRange = (numbers, shown, share = 0.01) => {
  const finite = numbers.filter((value, i) => shown[i] && Number.isFinite(value)).sort();
  if (!finite.length) return [0, 1];
  const at = (part) => finite[Math.round(part * (finite.length - 1))];
  const [low, high] = [at(share), at(1 - share)];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
};

explorer.colourNumbers = (numbers, { low, high, isLog }) => {
  const colours = new Uint32Array(numbers.length);
  const missing = explorer.packHex(explorer.css("--missing"));
  const curve = isLog ? Math.log : (value) => value;
  const [first, last] = [curve(low), curve(high)];
  for (let i = 0; i < numbers.length; i += 1) {
    const place = Math.round(255 * ((curve(numbers[i]) - first) / (last - first)));
    colours[i] = Number.isNaN(numbers[i])
      ? missing : explorer.tables.numbers[Math.max(0, Math.min(255, place || 0))];
  }
  return colours;
};

// How many of the points that are shown lie in each equal part of a colour scale.
explorer.histogram = (numbers, shown, { low, high, isLog }, parts = 48) => {
  const bins = new Uint32Array(parts);
  const curve = isLog ? Math.log : (value) => value;
  const [first, last] = [curve(low), curve(high)];
  numbers.forEach((value, row) => {
    const place = Math.floor(((curve(value) - first) / (last - first)) * parts);
    if (shown[row] && place >= 0 && place < parts) bins[place] += 1;
  });
  return bins;
};

explorer.colourCodes = (codes, ofLevels) => {
  const missing = explorer.packHex(explorer.css("--missing"));
  return Uint32Array.from(codes, (code) => (code < 0 ? missing : ofLevels[code]));
};

// The colour of each level: its own if it is a label, then those of the palette, then grey.
explorer.levelColours = (levels, labels, palette) => levels.map((level, i) =>
  explorer.onPage(labels?.[level]?.colour ?? palette[i] ?? OTHERS));

explorer.dimmed = (colour) => explorer.mix(colour, explorer.packHex(explorer.css("--page")), DIMMED);

explorer.number = (value) => {
  if (value === null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const shown = Number.isInteger(value) && size < 1e7 ? value.toLocaleString("en")
    : size >= 1e5 || (size && size < 1e-3) ? value.toExponential(2) : Number(value.toPrecision(4)).toString();
  return shown.replace("-", "−");
};

explorer.withUnit = (text, unit) => (unit ? `${text} [${unit}]` : text);

explorer.roundSteps = (low, high, wanted) => {
  const rough = (high - low) / Math.max(3, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough);
  const steps = [];
  for (let i = Math.ceil(low / step); i * step <= high; i += 1) steps.push(i * step + 0); // + 0: no "−0"
  return steps;
};

// Create an element: make("td", {className: "x"}, child, "text").
explorer.make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
