(() => {
  const form = document.getElementById("form"), file = document.getElementById("file");
  const busy = document.getElementById("busy"), drop = document.getElementById("drop");
  document.querySelector(".hint").hidden = false;
  const over = (on) => (event) => { event.preventDefault(); drop.classList.toggle("over", on); };
  addEventListener("dragover", over(true));
  addEventListener("dragleave", over(false));
  addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) { file.files = event.dataTransfer.files; file.focus(); }
  });
  form.addEventListener("submit", () => { busy.textContent = "reading and scoring …"; });
  addEventListener("pageshow", () => { busy.textContent = ""; });
})();
