// What is asked of a page by the browser tests (audits.py). Each answers a list of complaints.
({
  beyond() {
    const wrong = [];
    const all = (what) => [...document.querySelectorAll(what)];
    const say = (rule, element) => wrong.push(`${rule}: ${element.outerHTML.slice(0, 160)}`);
    const spoken = "[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], [role=timer], output";
    const described = (field) => (field.getAttribute("aria-describedby") ?? "").split(" ");
    if (!document.title.trim()) wrong.push("no title");
    if (!all("h1").length) wrong.push("no h1");
    for (const table of all("table")) {
      const headed = table.closest("section, article")?.querySelector("h1, h2, h3");
      const named = table.caption?.textContent.trim() || table.closest(":is([aria-label], [aria-labelledby])");
      if (!named && !headed) say("a table without a name", table);
    }
    for (const field of all("input:is([type=email], [type=password], [type=tel])"))
      if (!field.autocomplete) say("no autocomplete", field);
    for (const field of all("[aria-invalid=true]"))
      if (!described(field).some((id) => document.getElementById(id)?.matches(".field-error"))) say("its error is not told", field);
    for (const link of all(".error-summary a"))
      if (!document.getElementById(link.hash.slice(1))) say("leads nowhere", link);
    for (const counted of all("[data-due], [data-since], .clock[data-clock], progress"))
      if (counted.closest(spoken)) say("a countdown that is read", counted);
    return wrong;
  },

  // WCAG 1.4.12: nothing is lost when a reader spaces the text.
  spaced() {
    const sheet = new CSSStyleSheet();
    const all = "line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important";
    sheet.replaceSync(`* { ${all} } p { margin-block-end: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
    const cut = [...document.body.querySelectorAll("*")].filter((each) => {
      const style = getComputedStyle(each);
      const hides = [style.overflowX, style.overflowY].some((way) => way === "hidden" || way === "clip");
      const over = each.scrollWidth > each.clientWidth + 2 || each.scrollHeight > each.clientHeight + 2;
      const meant = style.textOverflow === "ellipsis" || each.clientWidth <= 1 || each.matches("select, option, svg, svg *");
      return hides && over && !meant && each.textContent.trim();
    });
    const wide = document.documentElement.scrollWidth > innerWidth ? ["too wide when spaced"] : [];
    document.adoptedStyleSheets = [];
    return [...wide, ...cut.map((each) => `cut when spaced: ${each.outerHTML.slice(0, 160)}`)];
  },

  // Controls lower than 44 px under a thumb.
  small() {
    const controls = "main :is(button, summary, .button, .tick, select, input:not([type=hidden]), textarea)";
    return [...document.querySelectorAll(controls)]
      .filter((each) => each.getClientRects().length && !each.closest(".visually-hidden"))
      .map((each) => [each, (each.closest("label") ?? each).getBoundingClientRect()])
      .filter(([, box]) => box.height < 43.5)
      .map(([each, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${each.outerHTML.slice(0, 120)}`);
  },

  // Where the focus is: "" when it can be seen, with a ring, and nothing lies over it (WCAG 2.4.7, 2.4.11).
  hidden() {
    const here = document.activeElement;
    if (!here || here === document.body) return [];
    const style = getComputedStyle(here), ring = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none";
    const box = here.getBoundingClientRect();
    const what = here.outerHTML.slice(0, 160);
    if (!ring && here.id !== "content") return [`no ring: ${what}`];
    const across = [0.5, 0.1, 0.9].map((part) => box.left + box.width * part);
    const down = [0.5, 0.15, 0.85].map((part) => box.top + box.height * part);
    const points = down.flatMap((y) => across.map((x) => document.elementFromPoint(x, y)));
    const seen = points.some((at) => at && (here.contains(at) || at.contains(here) && at.matches("label, a, button, summary, .step, li")));
    return seen ? [] : [`not seen: ${what} at ${Math.round(box.left)},${Math.round(box.top)}`];
  },
})
