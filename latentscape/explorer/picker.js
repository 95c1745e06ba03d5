"use strict";
// A menu with search: a button that opens a filtered list, for the mouse and for the keyboard.

explorer.Picker = class {
  constructor(place, { name, options, chosen, onChoose }) {
    this.options = options;
    this.onChoose = onChoose;
    this.button = explorer.make("button", { type: "button" });
    this.button.setAttribute("aria-haspopup", "listbox");
    this.input = explorer.make("input", { type: "text", placeholder: "search" });
    this.input.setAttribute("aria-label", `Search for ${name}`);
    this.list = explorer.make("ul");
    this.list.setAttribute("role", "listbox");
    this.popup = explorer.make("div", { className: "popup", hidden: true }, this.input, this.list);
    place.classList.add("picker");
    place.append(this.button, this.popup);
    this.name = name;
    this.show(chosen);
    this.button.onclick = () => (this.popup.hidden ? this.open() : this.close());
    this.input.oninput = () => this.fill();
    this.input.onkeydown = (event) => this.press(event);
    document.addEventListener("pointerdown", (event) => {
      if (!place.contains(event.target)) this.popup.hidden = true;
    });
  }

  show(chosen) {
    this.chosen = chosen;
    const { text } = this.options.find((option) => option.name === chosen);
    this.button.textContent = text;
    this.button.title = text;
    this.button.setAttribute("aria-label", `${this.name}: ${text}`);
  }

  open() {
    this.popup.hidden = false;
    // The column of menus scrolls, and what scrolls would cut the list off.
    const { left, bottom } = this.button.getBoundingClientRect();
    this.popup.style.left = `${left}px`;
    this.popup.style.top = `${bottom + 4}px`;
    this.input.value = "";
    this.fill();
    this.input.focus();
  }

  close() {
    this.popup.hidden = true;
    this.button.focus();
  }

  fill() {
    const words = this.input.value.toLowerCase().split(/\s+/);
    this.found = this.options.filter(({ text, group, name }) => {
      const whole = `${text} ${group} ${name}`.toLowerCase();
      return words.every((word) => whole.includes(word));
    });
    this.list.replaceChildren();
    let heading = "";
    this.items = this.found.map((option) => {
      if (option.group !== heading) {
        heading = option.group;
        const item = explorer.make("li", {}, heading);
        item.setAttribute("role", "presentation");
        this.list.append(item);
      }
      const item = explorer.make("li", { onclick: () => this.choose(option) }, option.text);
      item.setAttribute("role", "option");
      item.dataset.name = option.name;
      this.list.append(item);
      return item;
    });
    this.mark(Math.max(0, this.found.findIndex((option) => option.name === this.chosen)));
  }

  mark(place) {
    this.marked = place;
    this.items.forEach((item, i) => item.setAttribute("aria-selected", i === place));
    this.items[place]?.scrollIntoView({ block: "nearest" });
  }

  press(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in steps) {
      this.mark(Math.max(0, Math.min(this.items.length - 1, this.marked + steps[event.key])));
    } else if (event.key === "Enter" && this.found[this.marked]) {
      this.choose(this.found[this.marked]);
    } else if (event.key === "Escape") {
      this.close();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  choose(option) {
    this.show(option.name);
    this.close();
    this.onChoose(option.name);
  }
};
