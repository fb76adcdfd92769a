/* A lesson: nothing is computed here; frames solved beforehand are looked up and drawn. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const inputs = data.sliders.map((_, k) => document.getElementById("slider" + k));
  const SVG = "http://www.w3.org/2000/svg";
  const place = document.getElementById("picture");
  const sheet = () => place.clientWidth > 0 && place.clientWidth < 560
    ? { W: 400, H: 390, L: 52, R: 14, T: 26, B: 56, narrow: true }
    : { W: 720, H: 460, L: 76, R: 24, T: 26, B: 60, narrow: false };
  const LETTER = 7.6;

  const node = (name, attributes = {}, text = "") => {
    const found = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
    if (text) found.textContent = text;
    return found;
  };
  const figure = (value) => String(Math.round(value * 1000) / 1000);
  const ticks = (low, high, count) => {
    const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
    const found = [];
    for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) found.push(Math.abs(v) < step * 1e-9 ? 0 : v);
    return found;
  };

  /* Places for labels: the first around a point that covers nothing drawn before. */
  function labels(svg, { W, H, L, R, T, B }) {
    const taken = [], leaders = node("g");
    svg.append(leaders);
    const free = (box) => taken.every((t) => box.x1 + 4 < t.x0 || box.x0 - 4 > t.x1 || box.y1 < t.y0 || box.y0 > t.y1);
    const inside = (box) => box.x0 >= L + 2 && box.x1 <= W - R && box.y0 >= T - 10 && box.y1 <= H - B - 2;
    const keep = (x, y, reach) => taken.push({ x0: x - reach, x1: x + reach, y0: y - reach, y1: y + reach });
    function write(anchors, text, near, towards) {
      if (!text) return;
      const wide = text.length * LETTER, tries = [];
      const off = (angle) => Math.min(Math.abs(angle - towards), 360 - Math.abs(angle - towards));
      const angles = Array.from({ length: 18 }, (_, k) => 20 * k - 180).sort((a, b) => off(a) - off(b));
      for (const far of [13, 26, 42, 60, 80]) for (const [x, y] of anchors) for (const angle of angles) {
        const turn = angle * Math.PI / 180, px = x + far * Math.cos(turn), py = y + far * Math.sin(turn);
        const shift = Math.abs(Math.abs(angle) - 90) < 15 ? wide / 2 : Math.abs(angle) > 90 ? wide : 0;
        tries.push({ x0: px - shift, x1: px - shift + wide, y0: py - 9, y1: py + 8, far, px, py, x, y });
      }
      const box = tries.find((t) => inside(t) && free(t)) || tries.find(inside) || tries[0];
      taken.push(box);
      if (box.far > near) leaders.append(node("line", { class: "leader", x1: box.x, y1: box.y, x2: box.px, y2: box.py }));
      svg.append(node("text", { x: box.x0, y: box.y1 - 3, class: "halo" }, text));
    }
    return { keep, write };
  }

  const marks = {
    circle: (x, y) => node("circle", { class: "spot", cx: x, cy: y, r: 7 }),
    ring: (x, y) => node("circle", { class: "ring", cx: x, cy: y, r: 8 }),
    square: (x, y) => node("rect", { class: "spot", x: x - 6.5, y: y - 6.5, width: 13, height: 13 }),
    diamond: (x, y) => node("path", { class: "spot", d: `M${x} ${y - 9}L${x + 9} ${y}L${x} ${y + 9}L${x - 9} ${y}Z` }),
    triangle: (x, y) => node("path", { class: "spot", d: `M${x} ${y - 9}L${x + 8.5} ${y + 6}L${x - 8.5} ${y + 6}Z` }),
    cross: (x, y) => node("path", { class: "ring", d: `M${x - 7} ${y - 7}L${x + 7} ${y + 7}M${x - 7} ${y + 7}L${x + 7} ${y - 7}` }),
  };

  function plane(picture, [x0, x1, y0, y1], sentence) {
    const size = sheet(), { W, H, L, R, T, B, narrow } = size;
    const svg = node("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": sentence });
    const X = (v) => L + (v - x0) / (x1 - x0) * (W - L - R);
    const Y = (v) => H - B - (v - y0) / (y1 - y0) * (H - T - B);
    for (const v of ticks(x0, x1, narrow ? 5 : 8)) svg.append(node("line", { class: "grid", x1: X(v), x2: X(v), y1: T, y2: H - B }), node("text", { x: X(v), y: H - B + 20, "text-anchor": "middle" }, figure(v)));
    for (const v of ticks(y0, y1, 7)) svg.append(node("line", { class: "grid", x1: L, x2: W - R, y1: Y(v), y2: Y(v) }), node("text", { x: L - 8, y: Y(v) + 5, "text-anchor": "end" }, figure(v)));
    const cx = Math.min(Math.max(0, x0), x1), cy = Math.min(Math.max(0, y0), y1);
    svg.append(node("line", { class: "axis", x1: L, x2: W - R, y1: Y(cy), y2: Y(cy) }), node("line", { class: "axis", x1: X(cx), x2: X(cx), y1: T, y2: H - B }));
    svg.append(node("text", { x: (L + W - R) / 2, y: H - 12, "text-anchor": "middle" }, picture.x));
    svg.append(node("text", { x: 0, y: 0, "text-anchor": "middle", transform: `translate(16 ${(T + H - B) / 2}) rotate(-90)` }, picture.y));
    const { keep, write } = labels(svg, size);
    for (const line of picture.lines) {
      if (!line.at.length) continue;
      const path = line.at.map(([x, y], k) => `${k ? "L" : "M"}${X(x).toFixed(2)} ${Y(y).toFixed(2)}`).join("");
      if (line.filled) svg.append(node("path", { class: "filled", d: path + "Z" }));
      svg.append(node("path", { class: line.stroke, d: path }));
      for (let k = 1; k < line.at.length; k += 1) {
        const [ax, ay, bx, by] = [X(line.at[k - 1][0]), Y(line.at[k - 1][1]), X(line.at[k][0]), Y(line.at[k][1])];
        const steps = Math.ceil(Math.hypot(bx - ax, by - ay) / 6);
        for (let s = 0; s <= steps; s += 1) keep(ax + (bx - ax) * s / steps, ay + (by - ay) * s / steps, 2);
      }
    }
    for (const spot of picture.spots) keep(X(spot.at[0]), Y(spot.at[1]), 8);
    for (const spot of picture.spots) svg.append(marks[spot.mark](X(spot.at[0]), Y(spot.at[1])));
    const order = picture.spots.slice().sort((a, b) => a.at[0] - b.at[0]);
    order.forEach((spot, k) => write([[X(spot.at[0]), Y(spot.at[1])]], spot.label, 13, order.length < 2 ? -40 : -140 + 100 * k / (order.length - 1)));
    for (const line of picture.lines) {
      if (!line.at.length) continue;
      const along = line.at.flatMap(([x, y], k) => k + 1 < line.at.length ? [0.5, 0.25, 0.75].map((s) => [X(x + s * (line.at[k + 1][0] - x)), Y(y + s * (line.at[k + 1][1] - y))]) : [[X(x), Y(y)]]);
      write(along, line.label, 26, -40);
    }
    return svg;
  }

  function bars(picture, [x0, x1], sentence) {
    const { W, R, T, B, narrow } = sheet();
    const wide = Math.max(...picture.bars.map((bar) => bar.label.length)) * LETTER + 24;
    const left = narrow ? 18 : Math.min(Math.max(84, wide), 280), right = narrow ? 18 : R + 70;
    const row = narrow ? 54 : 44, top = T + 10, high = top + row * picture.bars.length + B;
    const svg = node("svg", { viewBox: `0 0 ${W} ${high}`, role: "img", "aria-label": sentence });
    const X = (v) => left + (v - x0) / (x1 - x0) * (W - left - right);
    if (picture.band) svg.append(node("rect", { class: "band", x: X(picture.band[0]) - 3, y: top - 4, width: X(picture.band[1]) - X(picture.band[0]) + 6, height: high - B - top + 4 }));
    for (const v of ticks(x0, x1, narrow ? 5 : 8)) svg.append(node("line", { class: "grid", x1: X(v), x2: X(v), y1: top, y2: high - B }), node("text", { x: X(v), y: high - B + 20, "text-anchor": "middle" }, figure(v)));
    picture.bars.forEach((bar, k) => {
      const y = top + row * k + (narrow ? 22 : 8), thick = row - (narrow ? 30 : 16), text = bar.text || figure(bar.high);
      const a = X(Math.min(bar.low, bar.high)), b = Math.max(X(Math.max(bar.low, bar.high)), a + 4);
      svg.append(node("rect", { class: bar.stroke, x: a === b - 4 ? a - 2 : a, y, width: b - a, height: thick, rx: 2 }));
      if (narrow) svg.append(node("text", { x: left, y: y - 6, class: "halo" }, `${bar.label}: ${text}`));
      else {
        const fits = b + 8 + text.length * LETTER <= W - 4;
        svg.append(node("text", { x: left - 12, y: y + 19, "text-anchor": "end" }, bar.label));
        svg.append(node("text", { x: fits ? b + 8 : a - 8, y: y + 19, "text-anchor": fits ? "start" : "end", class: "halo" }, text));
      }
    });
    svg.append(node("line", { class: "axis", x1: X(Math.max(x0, 0)), x2: X(Math.max(x0, 0)), y1: top, y2: high - B }));
    if (picture.mark !== null) {
      const x = X(picture.mark), half = picture.markLabel.length * LETTER / 2;
      svg.append(node("line", { class: "level", x1: x, x2: x, y1: top - 8, y2: high - B }));
      svg.append(node("text", { x: Math.min(Math.max(x, half + 4), W - half - 4), y: top - 14, "text-anchor": "middle" }, picture.markLabel));
    }
    svg.append(node("text", { x: (left + W - right) / 2, y: high - 12, "text-anchor": "middle" }, picture.x));
    return svg;
  }

  function show() {
    let row = 0;
    inputs.forEach((input, k) => {
      const chosen = Number(input.value);
      row = row * data.sliders[k].values.length + chosen;
      const text = data.sliders[k].values[chosen];
      document.getElementById("value" + k).textContent = text;
      input.setAttribute("aria-valuetext", text);
    });
    const frame = data.frames[row];
    document.getElementById("says").textContent = frame.says;
    document.querySelectorAll("#readouts td.number").forEach((cell, k) => { cell.textContent = frame.numbers[k]; });
    const draw = frame.picture.kind === "bars" ? bars : plane;
    place.replaceChildren(draw(frame.picture, data.box, frame.says));
  }
  inputs.forEach((input) => input.addEventListener("input", show));
  let narrow = sheet().narrow;
  addEventListener("resize", () => {
    if (sheet().narrow === narrow) return;
    narrow = !narrow;
    show();
  });
  show();

  /* Numbers as students write them: the same forms as bargaining/report/pages/answers.py. */
  const parts = { "½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅖": "2/5", "⅗": "3/5",
    "⅘": "4/5", "⅙": "1/6", "⅚": "5/6", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8" };
  const space = "[ \\t\\u00a0\\u2009\\u202f]", digits = "[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+";
  const written = new RegExp(`^([+-]?)${space}*(?:([0-9]+)${space}+([0-9]+)/([0-9]+)`
    + `|(${digits})(?:${space}*/${space}*(${digits}))?)${space}*(%?)$`);
  const ends = new RegExp(`^${space}+|${space}+$`, "g");
  const number = (text) => {
    if ([...text].length > 40) return NaN;
    const plain = text.replace(/[\u2212\u2010-\u2014]/g, "-").replace(/\u2044/g, "/")
      .replace(/[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]/g, (sign) => " " + parts[sign]);
    const found = written.exec(plain.replace(ends, ""));
    if (!found) return NaN;
    const [, sign, whole, over, under, value, divisor, percent] = found;
    const below = Number((under || divisor || "1").replace(",", "."));
    if (!below) return NaN;
    const size = whole ? Number(whole) + Number(over) / below : Number(value.replace(",", ".")) / below;
    return (sign === "-" ? -size : size) / (percent ? 100 : 1);
  };
  const tell = (form, key, good) => {
    const said = form.querySelector(".said");
    said.textContent = data.words[key];
    said.className = "said " + (good === null ? "" : good ? "good" : "bad");
  };
  for (const form of document.querySelectorAll("form.check")) form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.classList.contains("number")) {
      const value = number(form.querySelector("input").value), right = number(form.dataset.answer);
      if (Number.isNaN(value)) return tell(form, "no_number", false);
      const off = Math.abs(value - right) - 1e-9, within = Number(form.dataset.within);
      return tell(form, off <= within ? "right" : off <= 5 * within ? "near" : "wrong", off <= within);
    }
    const chosen = form.querySelector("input:checked");
    if (!chosen) return tell(form, "no_choice", false);
    if (form.id !== "prediction") return tell(form, chosen.value === form.dataset.right ? "right" : "wrong", chosen.value === form.dataset.right);
    tell(form, "predicted", null);
    inputs.forEach((input) => { input.disabled = false; });
    document.querySelectorAll(".after").forEach((part) => { part.hidden = false; });
    document.getElementById("locked").hidden = true;
    narrow = sheet().narrow;
    show();
    inputs[0]?.focus();
  });
})();
