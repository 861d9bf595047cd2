(() => {
  const $ = (id) => document.getElementById(id);
  const card = $("card"), main = $("main"), list = $("list"), form = $("filters");
  const data = stancewire.data(), narrow = matchMedia("(max-width: 60rem)");

  // Explanations: the rows of the statements, beside the label or sentence that is pointed at or has the focus.
  let shown = null, timer = 0;
  const rowsOf = (element) => element.closest("article").querySelectorAll(".rows li");
  const chipsAfter = (sentence) => {
    const chips = [];
    for (let e = sentence.nextElementSibling; e && e.matches(".chip"); e = e.nextElementSibling) chips.push(e);
    return chips;
  };
  // Each label in the text is described by its row below.
  const describe = (article) => {
    if (article.dataset.described) return;
    article.dataset.described = "1";
    const rows = article.querySelectorAll(".rows li");
    for (const chip of article.querySelectorAll(".text .chip")) {
      const row = rows[chip.dataset.k];
      row.id = "r" + chip.id.slice(1);
      chip.setAttribute("aria-describedby", row.id);
    }
  };
  const marked = (chips, on) => {
    for (const chip of chips)
      for (const b of chip.closest("article").querySelectorAll(`.text b[data-k~="${chip.dataset.k}"]`))
        b.classList.toggle("on", on);
  };
  const close = () => {
    if (shown) marked(shown.chips, false);
    shown = null;
    card.hidden = true;
  };
  const threshold = (chip) => {
    const items = data.articles[Number(chip.closest("article").id.slice(1))][2];
    const value = data.thresholds[items[chip.dataset.k][0]];
    return value === null ? "" : `threshold ${value.toFixed(2)}`;
  };
  const explanation = (chip) => {
    const copy = rowsOf(chip)[chip.dataset.k].cloneNode(true), told = threshold(chip);
    copy.removeAttribute("id");
    if (told) {
      const small = copy.querySelector("small") || copy.appendChild(document.createElement("small"));
      small.prepend(small.textContent ? `${told} · ` : told);
    }
    return copy;
  };
  const place = (element) => {
    // The line of the sentence that is nearest to the pointer would move; below its last line is steady.
    const boxes = element.getClientRects(), box = boxes[boxes.length - 1];
    const left = Math.min(box.left, document.documentElement.clientWidth - card.offsetWidth - 12);
    const below = box.bottom + 6, height = card.offsetHeight;
    const top = below + height > innerHeight && boxes[0].top > height + 12 ? boxes[0].top - height - 6 : below;
    card.style.left = `${Math.max(8, left) + scrollX}px`;
    card.style.top = `${top + scrollY}px`;
  };
  const open = (element) => {
    clearTimeout(timer);
    if (shown && shown.element === element) return;
    close();
    const chips = element.matches("a") ? [element] : chipsAfter(element).filter((chip) => !chip.hidden);
    if (!chips.length) return;
    const ol = document.createElement("ol");
    ol.append(...chips.map(explanation));
    card.replaceChildren(ol);
    card.hidden = false;
    shown = {element, chips};
    marked(chips, true);
    place(element);
  };
  const hit = (event) => event.target instanceof Element && event.target.closest(".text .chip, .text .s");
  // The label of a statement has the explanation already, so that it is not read twice.
  card.setAttribute("aria-hidden", "true");
  main.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const element = hit(event);
    if (element) open(element);
  });
  main.addEventListener("pointerout", (event) => {
    if (hit(event) && event.pointerType !== "touch") timer = setTimeout(close, 250);
  });
  card.addEventListener("pointerenter", () => clearTimeout(timer));
  card.addEventListener("pointerleave", () => { timer = setTimeout(close, 250); });
  main.addEventListener("focusin", (event) => {
    const article = event.target.closest("article");
    if (article) describe(article);
    if (event.target.matches(".text .chip")) open(event.target);
  });
  main.addEventListener("focusout", (event) => { if (event.target.matches(".text .chip")) close(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  document.addEventListener("click", (event) => {
    const chip = event.target.closest(".text .chip");
    if (chip && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      chip.focus({preventScroll: true});
      open(chip);
      history.replaceState(null, "", chip.hash);
    } else if (!chip && !card.contains(event.target) && !hit(event)) close();
  });

  // Filters.
  const articles = [...main.querySelectorAll(":scope > article")];
  const entries = list ? [...list.children] : [];
  let parts = null;
  const collected = () => (parts ??= articles.map((article) => {
    const chips = [];
    for (const chip of article.querySelectorAll(".text .chip")) chips[chip.dataset.k] = chip;
    return {chips, rows: article.querySelectorAll(".rows li"), sentences: article.querySelectorAll(".text .s")};
  }));
  const value = (id) => ($("f-" + id) ? $("f-" + id).value : "");
  const colours = [...form.querySelectorAll(".kind .chip")].map((c) => c.classList[1]);
  const stances = colours.filter((c) => c !== "loaded").length;
  const readForm = () => ({
    kinds: [...form.querySelectorAll("[name=kind]")].map((box) => box.checked),
    actor: value("actor"), target: value("target"), score: Number(value("score")),
    outlet: value("outlet"), from: value("from"), to: value("to"),
  });
  const has = (identities, one) => !one || identities.split("+").includes(one);
  const passes = (f, [kind, actor, target, score]) =>
    f.kinds[kind] && score >= f.score && has(actor, f.actor) && has(target, f.target);
  const marks = (sentence, keep, items) => {
    const chips = chipsAfter(sentence);
    if (!chips.length) return;  // the first part of a sentence that goes on in the next paragraph
    const kinds = chips.map((chip) => chip.dataset.k).filter((k) => keep[k]).map((k) => items[k][0]);
    const stance = kinds.find((k) => k < stances);
    sentence.className = ["s", stance === undefined ? "" : colours[stance],
      kinds.some((k) => k >= stances) ? "l" : ""].filter(Boolean).join(" ");
    for (const b of sentence.querySelectorAll("b"))
      b.classList.toggle("off", !b.dataset.k.split(" ").some((k) => keep[k]));
  };
  const showArticle = (part, keep, items) => {
    part.chips.forEach((chip, k) => { chip.hidden = !keep[k]; });
    part.rows.forEach((row, k) => { row.hidden = !keep[k]; });
    part.sentences.forEach((sentence) => marks(sentence, keep, items));
  };
  const apply = () => {
    close();
    const f = readForm(), every = f.kinds.every(Boolean) && !f.actor && !f.target && !f.score;
    let visible = 0, found = 0;
    data.articles.forEach(([day, outlet, items], n) => {
      const there = (!f.outlet || outlet === f.outlet) && (!f.from || day >= f.from) && (!f.to || (day && day <= f.to));
      const keep = items.map((item) => there && passes(f, item)), count = keep.filter(Boolean).length;
      const show = there && (every || count > 0);
      articles[n].hidden = !show;
      if (entries[n]) {
        entries[n].hidden = !show;
        entries[n].querySelector("small span").textContent = count;
      }
      if (show) { visible += 1; found += count; showArticle(collected()[n], keep, items); }
    });
    $("none").hidden = visible > 0;
    say(visible, found);
    regroup();
  };
  const total = data.articles.reduce((sum, [, , items]) => sum + items.length, 0);
  const say = (visible, found) => {
    const of = (n, all) => (n === all ? n.toLocaleString("en") : `${n.toLocaleString("en")} of ${all.toLocaleString("en")}`);
    const text = `${of(found, total)} marked`;
    $("shown").textContent = articles.length > 1 ? `${of(visible, articles.length)} articles, ${text}` : text;
  };

  // The order of the articles, in the list and on the page.
  const regroup = () => {
    if (!list) return;
    const order = value("order") || "day", numbers = [...articles.keys()];
    const key = {
      day: (n) => data.articles[n][0] || "no date",
      outlet: (n) => data.articles[n][1] || "no outlet",
      items: () => "",
    }[order];
    const compare = (a, b) => (order === "items"
      ? entries[b].querySelector("small span").textContent - entries[a].querySelector("small span").textContent
      : order === "outlet" ? key(a).localeCompare(key(b)) : 0);
    numbers.sort((a, b) => compare(a, b) || a - b);
    const rows = [];
    let last = "";
    for (const n of numbers) {
      if (!entries[n].hidden && key(n) !== last && order !== "items") {
        last = key(n);
        const group = document.createElement("li");
        group.className = "group";
        group.textContent = last;
        rows.push(group);
      }
      rows.push(entries[n]);
    }
    list.replaceChildren(...rows);
    if (current !== order) {
      current = order;
      for (const n of numbers) main.insertBefore(articles[n], $("none"));
    }
  };
  let current = "day";

  let waiting = 0;
  form.addEventListener("input", () => {
    $("score-shown").textContent = Number(value("score")).toFixed(2);
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(apply);
  });
  form.addEventListener("reset", () => setTimeout(() => {
    $("score-shown").textContent = "0.00";
    apply();
  }));
  form.addEventListener("submit", (event) => event.preventDefault());
  if (list) {
    $("f-order").addEventListener("input", regroup);
    $("order").hidden = false;
  }
  form.hidden = false;
  say(articles.length, total);

  // A link to a statement that the filters hide shows everything again.
  const reveal = () => {
    const target = location.hash.length > 1 && $(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.hidden || target.closest("article[hidden]")) { form.reset(); setTimeout(() => target.scrollIntoView()); }
    const rows = target.closest("details.rows");
    if (rows) rows.open = true;
    if (target.matches(".text .chip")) { target.scrollIntoView({block: "center"}); target.focus({preventScroll: true}); }
  };
  addEventListener("hashchange", reveal);
  addEventListener("load", reveal);
  // A few articles at a time, so that the page answers meanwhile.
  const describeFrom = (n) => {
    articles.slice(n, n + 50).forEach(describe);
    if (n + 50 < articles.length) setTimeout(() => describeFrom(n + 50), 20);
  };
  addEventListener("load", () => setTimeout(() => describeFrom(0), 20));
  for (const details of document.querySelectorAll("aside details")) details.open = !narrow.matches;
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...main.querySelectorAll("details.rows:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of opened) details.open = false; });
})();
