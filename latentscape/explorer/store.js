"use strict";
// A page opened from disk may run the scripts beside it, but not read files. So the data are
// scripts that call explorer.receive, and a script tag is put in when something is needed.

const explorer = { received: new Map(), waiting: new Map() };

explorer.receive = (name, content) => explorer.received.set(name, content);

explorer.load = (name) => {
  if (explorer.received.has(name)) return Promise.resolve(explorer.received.get(name));
  if (!explorer.waiting.has(name)) {
    explorer.waiting.set(name, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `data/${name}.js`;
      script.onload = () => resolve(explorer.received.get(name));
      script.onerror = () => reject(new Error(`data/${name}.js cannot be read`));
      document.head.append(script);
    }).finally(() => explorer.waiting.delete(name)));
  }
  return explorer.waiting.get(name);
};

// Keep the latest results of an asynchronous function.
explorer.remembering = (limit, make) => {
  const known = new Map();
  return (name) => {
    const result = known.get(name) ?? make(name);
    known.delete(name);
    known.set(name, result);
    if (known.size > limit) known.delete(known.keys().next().value);
    return result;
  };
};

const ARRAYS = {
  uint8: Uint8Array, int16: Int16Array, int32: Int32Array,
  float32: Float32Array, float64: Float64Array,
};

// Undo what encoding.py did: base64, deflate, bytes by significance, differences.
explorer.decode = async ({ type, shape, delta, data }) => {
  const packed = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const planes = new Uint8Array(await new Response(stream).arrayBuffer());
  const size = ARRAYS[type].BYTES_PER_ELEMENT;
  const count = planes.length / size;
  const bytes = new Uint8Array(planes.length);
  for (let byte = 0; byte < size; byte += 1) {
    for (let i = 0; i < count; i += 1) bytes[i * size + byte] = planes[byte * count + i];
  }
  const array = new ARRAYS[type](bytes.buffer);
  const last = shape[shape.length - 1];
  if (delta) for (let i = 1; i < count; i += 1) if (i % last) array[i] += array[i - 1];
  return array;
};

// A column is {numbers} or {levels, codes}.
explorer.decodeColumn = async (column) => (column.numbers
  ? { numbers: await explorer.decode(column.numbers) }
  : { levels: column.levels, codes: await explorer.decode(column.codes) });

explorer.column = explorer.remembering(40, async (name) =>
  explorer.decodeColumn(await explorer.load(`columns/${name}`)));

explorer.file = (folder, number) => `${folder}/${String(number).padStart(4, "0")}`;

// A folder can be read again, so its large files are not kept as text.
explorer.forget = (name) => { if (explorer.canReload) explorer.received.delete(name); };

explorer.rows = explorer.remembering(48, async (number) => {
  const name = explorer.file("rows", number);
  const { images, values } = await explorer.load(name);
  explorer.forget(name);
  return { images: await explorer.decode(images), shape: images.shape, values };
});

explorer.displays = explorer.remembering(8, async (number) => {
  const name = explorer.file("displays", number);
  const displays = await explorer.load(name);
  explorer.forget(name);
  return displays;
});
