"use strict";
// Images of a point and the scale of their colours.

// The value of a code from 0 to 255; the inverse of image_codes in encoding.py.
explorer.valueOfCode = (code, { softening, largest }) =>
  softening * Math.sinh((code / 255) * Math.asinh(largest / softening));

explorer.codeOfValue = (value, { softening, largest }) =>
  255 * (Math.asinh(value / softening) / Math.asinh(largest / softening));

// Draw a channel; its rows run to the right and its columns upwards, as in the figures.
explorer.drawPicture = (canvas, codes, size) => {
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  const pixels = new Uint32Array(image.data.buffer);
  const table = explorer.signalTable();
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      pixels[(size - 1 - column) * size + row] = table[codes[row * size + column]];
    }
  }
  context.putImageData(image, 0, 0);
};

explorer.drawBar = (canvas, table) => {
  canvas.width = 256;
  canvas.height = 1;
  const context = canvas.getContext("2d");
  const image = context.createImageData(256, 1);
  new Uint32Array(image.data.buffer).set(table);
  context.putImageData(image, 0, 0);
};

// Columns for the counts, each in its colour of the scale, above the scale itself.
explorer.drawHistogram = (canvas, bins) => {
  const context = canvas.getContext("2d");
  const tallest = Math.max(1, ...bins);
  const step = canvas.width / bins.length;
  bins.forEach((count, i) => {
    context.fillStyle = explorer.cssOf(explorer.tables.numbers[Math.round((255 * (i + 0.5)) / bins.length)]);
    const height = (70 * count) / tallest;
    context.fillRect(i * step, 74 - height, step - 1, height);
    context.fillRect(i * step, 78, step + 0.5, 18);
  });
};

// The bar of the images' scale, with round numbers that do not crowd.
explorer.scaleOf = (scale, unit) => {
  const bar = explorer.make("canvas");
  explorer.drawBar(bar, explorer.signalTable());
  const ticks = explorer.make("div", { className: "ticks" });
  let last = -Infinity;
  const candidates = [0];
  for (let power = 1; power <= scale.largest; power *= 10) candidates.push(power, 2 * power, 5 * power);
  for (const value of candidates) {
    const place = explorer.codeOfValue(value, scale) / 255;
    if (place > 0.84 || place - last < 0.13) continue;
    last = place;
    const text = value >= 1000 ? `${value / 1000}k` : `${value}`;
    const tick = explorer.make("span", {}, text);
    tick.style.left = `${100 * place}%`;
    ticks.append(tick);
  }
  ticks.append(explorer.make("span", { className: "unit" }, unit));
  return explorer.make("div", { className: "scale" }, bar, ticks);
};
