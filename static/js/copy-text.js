// Copy buttons: shown only where they can work.
function offer() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
}

async function copy(button) {
  const area = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(area.value ?? area.textContent);
  } catch {
    if (area.select) area.select();
    else getSelection().selectAllChildren(area);
    document.execCommand("copy");
  }
  button.dataset.word ??= button.textContent;
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = button.dataset.word), 2000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (button) copy(button);
});
document.addEventListener("firebreak:swapped", offer);
offer();
