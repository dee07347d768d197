// Keeps times true on a page that stays open: text and bars only, nothing is announced.
const root = document.querySelector("[data-minute]");
const units = root ? root.dataset : { day: "d", hour: "h", minute: "min", second: "s" };
// The server's clock counts: a phone may be minutes off.
const served = Date.parse(document.querySelector("[data-now]")?.dataset.now ?? "") || Date.now();
const ahead = Date.now() - served;

function duration(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (days) return hours ? `${days} ${units.day} ${hours} ${units.hour}` : `${days} ${units.day}`;
  if (hours) return minutes ? `${hours} ${units.hour} ${minutes} ${units.minute}` : `${hours} ${units.hour}`;
  return minutes ? `${minutes} ${units.minute}` : `${seconds} ${units.second}`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function showClock(clock, now) {
  const [start, end] = [Date.parse(clock.dataset.start), Date.parse(clock.dataset.end)];
  const share = end > start ? Math.max(0, (now - start) / (end - start)) : 1;
  const status = share >= 1 ? "breached" : share >= 0.75 ? "warning" : "running";
  clock.querySelector("progress").value = Math.min(100, Math.round(share * 100));
  if (clock.dataset.shown === status) return;
  clock.dataset.shown = status;
  clock.className = `clock clock-${status}`;
  const word = clock.querySelector("[data-status]");
  write(word, word.dataset[status]);
}

// A step that waits past its time looks so, in the checklist, above it and in the bar.
function markStep(element, over) {
  element.closest(".step, .next-step")?.classList.toggle("step-overdue", over);
  if (element.closest(".next-step")) document.getElementById("jump-next")?.classList.toggle("jump-overdue", over);
}

function show() {
  const now = Date.now() - ahead;
  for (const element of document.querySelectorAll("[data-due]")) {
    const rest = Date.parse(element.dataset.due) - now;
    write(element, (rest > 0 ? element.dataset.left : element.dataset.over).replace("{}", duration(rest)));
    markStep(element, rest <= 0);
  }
  for (const element of document.querySelectorAll("[data-since]")) write(element, duration(now - Date.parse(element.dataset.since)));
  const clocks = [...document.querySelectorAll("[data-clock][data-end]")];
  clocks.forEach((clock) => showClock(clock, now));
  if (!clocks.length) return;
  const over = clocks.filter((clock) => clock.dataset.shown === "breached").length;
  document.title = (over ? `(${over}) ` : "") + document.title.replace(/^\(\d+\) /, "");
}

show();
setInterval(show, 1000);
document.addEventListener("firebreak:swapped", show);
