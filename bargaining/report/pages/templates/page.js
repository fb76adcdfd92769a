"use strict";
/* Light or dark, and tables that can be sorted by any column; works without either. */
(() => {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  if (button) button.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const label = head.textContent.trim();
      if (!label) return;
      const press = document.createElement("button");
      press.type = "button";
      press.textContent = label;
      if (table.dataset.sort) press.title = table.dataset.sort.replace("{column}", label);
      head.replaceChildren(press);
      press.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const value = (row) => {
          const cell = row.cells[column];
          const text = cell.dataset.value ?? cell.textContent.trim();
          const number = Number(text);
          return text !== "" && Number.isFinite(number) ? number : text;
        };
        const rows = [...table.tBodies[0].rows].sort((a, b) => {
          const [x, y] = [value(a), value(b)];
          const order = typeof x === "number" && typeof y === "number" ? x - y
            : String(x).localeCompare(String(y), root.lang, { numeric: true });
          return down ? -order : order;
        });
        table.tBodies[0].append(...rows);
      });
    });
  }
  /* Paper folds nothing: all opens but keys with answers, and closes again afterwards. */
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = opened.concat([...document.querySelectorAll("details:not(.key):not([open])")]);
    opened.forEach((d) => { d.open = true; });
  });
  addEventListener("afterprint", () => {
    opened.forEach((d) => { d.open = false; });
    opened = [];
  });
})();
