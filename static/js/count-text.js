// Counts a text as its platform does while it is written (as firebreak/domain/statements.py does when it is sent).
const LINK = /https?:\/\/[!-~]*[\w/=&#%~+-]|(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|net|org|info|io|co|app|dev|shop|news|be|ca|ch|cn|de|eu|fr|uk)(?![\w-])(?:\/[!-~]*[\w/=&#%~+-])?/gi;
const PICTURE = "[\\u231a-\\u27bf\\u2b05-\\u2b55\\u{1f004}-\\u{1faff}][\\ufe0f\\u{1f3fb}-\\u{1f3ff}]?";
const EMOJI = new RegExp(`[\\u{1f1e6}-\\u{1f1ff}]{2}|[0-9#*]\\ufe0f?\\u20e3|${PICTURE}(?:\\u200d(?:${PICTURE}|[\\u2640\\u2642]\\ufe0f?))*`, "gu");
const LIGHT = [[0, 0x10ff], [0x2000, 0x200d], [0x2010, 0x201f], [0x2032, 0x2037]];

function count(platform, text) {
  const composed = text.normalize("NFC");
  if (platform === "tiktok") return composed.length;
  if (platform === "youtube") return new TextEncoder().encode(composed).length;
  if (platform !== "x") return [...composed].length;
  let weight = 0;
  const plain = composed.replace(LINK, () => ((weight += 23), "")).replace(EMOJI, () => ((weight += 2), ""));
  for (const letter of plain) weight += LIGHT.some(([first, last]) => letter.codePointAt(0) >= first && letter.codePointAt(0) <= last) ? 1 : 2;
  return weight;
}

document.addEventListener("input", ({ target: area }) => {
  const shown = area.dataset.count && document.querySelector(`[data-count-of="${area.id}"]`);
  if (!shown) return;
  const length = count(area.dataset.count, area.value);
  shown.textContent = length;
  const marks = document.querySelector(`[data-marks-of="${area.id}"]`);
  if (marks) marks.hidden = !/\{\{[^{}]*\}\}/.test(area.value);
  shown.classList.toggle("count-over", Boolean(area.dataset.limit) && length > Number(area.dataset.limit));
});
