// Another promise changes the time that the text names, as long as the text still names the one before.
for (const form of document.querySelectorAll("form:has([data-words])")) {
  let said = form.querySelector("[data-words]:checked")?.dataset.words;
  form.addEventListener("change", (event) => {
    const words = event.target.dataset.words;
    const area = form.querySelector("textarea");
    if (!words) return;
    if (said && area.value.includes(said)) {
      area.value = area.value.replaceAll(said, words);
      area.dispatchEvent(new Event("input"));
    }
    said = words;
  });
}
