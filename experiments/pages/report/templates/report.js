(() => {
  const form = document.getElementById("filters"), shown = document.getElementById("shown");
  if (!form) return;
  const entries = [...document.querySelectorAll("#entries > li")];
  const selects = [...form.querySelectorAll("select")], words = document.getElementById("f-words");
  const every = shown.textContent;
  const apply = () => {
    const chosen = selects.filter((s) => s.value).map((s) => [s.dataset.name, s.value]);
    const text = words.value.trim().toLowerCase();
    let n = 0;
    for (const entry of entries) {
      const show = chosen.every(([name, value]) => entry.dataset[name] === value)
        && (!text || entry.textContent.toLowerCase().includes(text));
      entry.hidden = !show;
      n += show;
    }
    shown.textContent = n === entries.length ? every : `${n} of ${entries.length} errors`;
    document.getElementById("none").hidden = n > 0;
  };
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
})();
