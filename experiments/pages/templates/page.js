"use strict";
const stancewire = {
  // The JSON values of the page.
  data() {
    const element = document.getElementById("data");
    return element ? JSON.parse(element.textContent) : null;
  },
  // Browsers may forbid pages to store anything.
  stored(name, value) {
    try {
      if (value === undefined) return localStorage.getItem(name);
      localStorage.setItem(name, value);
    } catch { /* not stored */ }
    return null;
  },
};
(() => {
  const root = document.documentElement, button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  const show = () => { button.textContent = isDark() ? "Light mode" : "Dark mode"; };
  const kept = stancewire.stored("stancewire-theme");
  if (kept === "light" || kept === "dark") root.dataset.theme = kept;
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    stancewire.stored("stancewire-theme", root.dataset.theme);
    show();
  });
  system.addEventListener("change", show);
  show();
})();
