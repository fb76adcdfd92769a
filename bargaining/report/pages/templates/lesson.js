/* A lesson: nothing is computed here; frames solved beforehand are looked up and drawn. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const inputs = data.sliders.map((_, k) => document.getElementById("slider" + k));
  const SVG = "http://www.w3.org/2000/svg";
  const W = 720, H = 460, L = 84, R = 24, T = 24, B = 64;

  const node = (name, attributes = {}, text = "") => {
    const found = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
    if (text) found.textContent = text;
    return found;
  };
  const figure = (value) => String(Math.round(value * 1000) / 1000);
  const ticks = (low, high) => {
    const rough = (high - low) / 6, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
    const found = [];
    for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) found.push(Math.abs(v) < step * 1e-9 ? 0 : v);
    return found;
  };

  function plane(picture, [x0, x1, y0, y1], sentence) {
    const svg = node("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": sentence });
    const X = (v) => L + (v - x0) / (x1 - x0) * (W - L - R);
    const Y = (v) => H - B - (v - y0) / (y1 - y0) * (H - T - B);
    for (const v of ticks(x0, x1)) svg.append(node("line", { class: "grid", x1: X(v), x2: X(v), y1: T, y2: H - B }), node("text", { x: X(v), y: H - B + 22, "text-anchor": "middle" }, figure(v)));
    for (const v of ticks(y0, y1)) svg.append(node("line", { class: "grid", x1: L, x2: W - R, y1: Y(v), y2: Y(v) }), node("text", { x: L - 10, y: Y(v) + 5, "text-anchor": "end" }, figure(v)));
    const cx = Math.min(Math.max(0, x0), x1), cy = Math.min(Math.max(0, y0), y1);
    svg.append(node("line", { class: "axis", x1: L, x2: W - R, y1: Y(cy), y2: Y(cy) }), node("line", { class: "axis", x1: X(cx), x2: X(cx), y1: T, y2: H - B }));
    svg.append(node("text", { x: (L + W - R) / 2, y: H - 14, "text-anchor": "middle" }, picture.x));
    svg.append(node("text", { x: 0, y: 0, "text-anchor": "middle", transform: `translate(20 ${(T + H - B) / 2}) rotate(-90)` }, picture.y));
    const taken = [];
    const label = (x, y, text) => {
      if (!text) return;
      const wide = text.length * 7.6, right = x + 12 + wide > W - R;
      let at = y - 10;
      while (taken.some(([a, b, w]) => Math.abs(b - at) < 17 && Math.abs(a - x) < Math.max(w, wide))) at += 18;
      at = Math.min(Math.max(at, T + 12), H - B - 6);
      taken.push([x, at, wide]);
      svg.append(node("text", { x: right ? x - 12 : x + 12, y: at, "text-anchor": right ? "end" : "start", class: "halo" }, text));
    };
    for (const line of picture.lines) {
      if (!line.at.length) continue;
      const path = line.at.map(([x, y], k) => `${k ? "L" : "M"}${X(x).toFixed(2)} ${Y(y).toFixed(2)}`).join("");
      if (line.filled) svg.append(node("path", { class: "filled", d: path + "Z" }));
      svg.append(node("path", { class: line.stroke, d: path }));
      const [x, y] = line.at[Math.floor(line.at.length / 2)];
      label(X(x), Y(y), line.label);
    }
    for (const spot of picture.spots) {
      const x = X(spot.at[0]), y = Y(spot.at[1]);
      const shape = {
        circle: () => node("circle", { class: "spot", cx: x, cy: y, r: 7 }),
        ring: () => node("circle", { class: "ring", cx: x, cy: y, r: 9 }),
        square: () => node("rect", { class: "spot", x: x - 6.5, y: y - 6.5, width: 13, height: 13, "fill-opacity": 1 }),
        diamond: () => node("path", { class: "spot", style: "fill:#1d2433", d: `M${x} ${y - 9}L${x + 9} ${y}L${x} ${y + 9}L${x - 9} ${y}Z` }),
        cross: () => node("path", { class: "ring", d: `M${x - 7} ${y - 7}L${x + 7} ${y + 7}M${x - 7} ${y + 7}L${x + 7} ${y - 7}` }),
      }[spot.mark]();
      svg.append(shape);
      label(x, y, spot.label);
    }
    return svg;
  }

  function bars(picture, [x0, x1], sentence) {
    const wide = Math.max(...picture.bars.map((bar) => bar.label.length)) * 7.8 + 24;
    const left = Math.min(Math.max(84, wide), 280), row = 42, high = T + row * picture.bars.length + B;
    const svg = node("svg", { viewBox: `0 0 ${W} ${high}`, role: "img", "aria-label": sentence });
    const X = (v) => left + (v - x0) / (x1 - x0) * (W - left - R - 40);
    for (const v of ticks(x0, x1)) svg.append(node("line", { class: "grid", x1: X(v), x2: X(v), y1: T, y2: high - B }), node("text", { x: X(v), y: high - B + 22, "text-anchor": "middle" }, figure(v)));
    picture.bars.forEach((bar, k) => {
      const y = T + row * k + 8;
      svg.append(node("text", { x: left - 12, y: y + 18, "text-anchor": "end" }, bar.label));
      const a = Math.min(bar.low, bar.high), b = Math.max(bar.low, bar.high);
      svg.append(node("rect", { class: bar.stroke, x: X(a), y, width: Math.max(X(b) - X(a), 2), height: row - 16, rx: 3 }));
      svg.append(node("text", { x: X(b) + 8, y: y + 18 }, bar.text || figure(bar.high)));
    });
    svg.append(node("line", { class: "axis", x1: X(Math.max(x0, 0)), x2: X(Math.max(x0, 0)), y1: T, y2: high - B }));
    if (picture.mark !== null) {
      svg.append(node("line", { class: "level", x1: X(picture.mark), x2: X(picture.mark), y1: T - 8, y2: high - B }));
      svg.append(node("text", { x: X(picture.mark), y: T - 10, "text-anchor": "middle" }, picture.markLabel));
    }
    svg.append(node("text", { x: (left + W - R) / 2, y: high - 14, "text-anchor": "middle" }, picture.x));
    return svg;
  }

  function show() {
    let place = 0;
    inputs.forEach((input, k) => {
      const chosen = Number(input.value);
      place = place * data.sliders[k].values.length + chosen;
      const text = data.sliders[k].values[chosen];
      document.getElementById("value" + k).textContent = text;
      input.setAttribute("aria-valuetext", text);
    });
    const frame = data.frames[place];
    document.getElementById("says").textContent = frame.says;
    document.querySelectorAll("#readouts td").forEach((cell, k) => { cell.textContent = frame.numbers[k]; });
    const draw = frame.picture.kind === "bars" ? bars : plane;
    document.getElementById("picture").replaceChildren(draw(frame.picture, data.box, frame.says));
  }
  inputs.forEach((input) => input.addEventListener("input", show));
  show();

  const number = (text) => {
    const found = /^\s*([+-]?\d+(?:[.,]\d+)?)\s*(?:\/\s*(\d+(?:[.,]\d+)?))?\s*(%?)\s*$/.exec(text.replace("−", "-"));
    if (!found) return NaN;
    const value = Number(found[1].replace(",", ".")) / (found[2] ? Number(found[2].replace(",", ".")) : 1);
    return found[3] ? value / 100 : value;
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
      const off = Math.abs(value - right), within = Number(form.dataset.within);
      return tell(form, off <= within ? "right" : off <= 5 * within ? "near" : "wrong", off <= within);
    }
    const chosen = form.querySelector("input:checked");
    if (!chosen) return tell(form, "no_choice", false);
    if (form.id !== "prediction") return tell(form, chosen.value === form.dataset.right ? "right" : "wrong", chosen.value === form.dataset.right);
    tell(form, "predicted", null);
    inputs.forEach((input) => { input.disabled = false; });
    document.getElementById("locked").hidden = true;
    inputs[0]?.focus();
  });
})();
