// Another promise changes the time that the text names, as long as the text still names the one before.
const promised = new WeakMap();
document.addEventListener("change", (event) => {
  const { form, dataset } = event.target;
  const area = form?.querySelector("textarea");
  if (!dataset.words || !area) return;
  const said = promised.get(form) ?? [...form.querySelectorAll("[data-words]")].find((choice) => choice.defaultChecked)?.dataset.words;
  if (said && area.value.includes(said)) {
    area.value = area.value.replaceAll(said, dataset.words);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  promised.set(form, dataset.words);
});
